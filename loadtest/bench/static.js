// Node at its best on equal work: small files from memory, looked at again once a second.
'use strict';
const cluster = require('node:cluster');
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const path = require('node:path');

const [root, port, workers, log, tlsPort, chain, key] = process.argv.slice(2);
const kSmall = 64 * 1024;
const cache = new Map();
const accessLog = log ? fs.createWriteStream(log, { flags: 'a' }) : null;

function respond(response, headers, body) {
  response.writeHead(200, headers);
  response.end(body);
}

function serve(request, response) {
  const file = path.join(root, path.normalize(request.url));
  if (accessLog) {
    response.on('finish', () => accessLog.write(
        `${request.socket.remoteAddress} ${new Date().toISOString()} "${request.method} ` +
        `${request.url}" ${response.statusCode}\n`));
  }
  const now = Date.now();
  const entry = cache.get(file);
  if (entry && now - entry.checked < 1000) return respond(response, entry.headers, entry.body);
  fs.stat(file, (error, status) => {
    if (error || !status.isFile()) {
      response.writeHead(404);
      return response.end();
    }
    const headers = {
      'Content-Type': 'application/octet-stream',
      'Content-Length': status.size,
      'Last-Modified': status.mtime.toUTCString(),
      'ETag': `"${status.mtimeMs.toString(16)}-${status.size.toString(16)}"`,
    };
    if (status.size > kSmall) {
      response.writeHead(200, headers);
      return fs.createReadStream(file, { highWaterMark: 256 * 1024 }).pipe(response);
    }
    fs.readFile(file, (failure, body) => {
      if (failure) return response.destroy();
      cache.set(file, { checked: now, headers, body });
      respond(response, headers, body);
    });
  });
}

if (cluster.isPrimary && Number(workers) > 1) {
  for (let i = 0; i < Number(workers); ++i) cluster.fork();
  process.on('SIGTERM', () => process.exit(0));
} else {
  const listen = (server, where) => {
    server.keepAliveTimeout = 300000;
    server.listen(Number(where), '127.0.0.1', 4096);
  };
  listen(http.createServer(serve), port);
  if (tlsPort) {
    listen(https.createServer({ cert: fs.readFileSync(chain), key: fs.readFileSync(key),
                                minVersion: 'TLSv1.3' }, serve), tlsPort);
  }
}
