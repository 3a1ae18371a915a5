#include "tests/simulation/known_users.h"

namespace simulation {

// The hashes are of the cheapest kind that users files may have. Two passwords are as long as one
// may be, one is empty, one has a colon, two are not ASCII.
const std::array<KnownUser, kKnownUsers>& known_users() {
  static const std::array<KnownUser, kKnownUsers> kUsers{{
      {"ann",
       {{
           {"secret",
            {{
                "$5$rounds=1000$north$QpUUAz4ioW66FEyWZqadyQ2IShbse6j6SnIQn6u30d7",
                "$5$rounds=1000$south$WpchZu46dJGKZOZxPW4Rpk29sz2cd9GimCMc4ZYJx60",
                "$5$rounds=1000$east$rylkkK/5.tcsJWKDifTcd766QIai6cdyiqaPsA0sky1",
                "$5$rounds=1000$west$RTcVRgQXaIUXGwaVUOwO0ydFbkdQWK18C2GpTdk9Z5C",
            }}},
           {"other",
            {{
                "$5$rounds=1000$north$akZ4FuXO7xixoVQ8GT1Upjm2mI1IFHpT8mK.rY3Co24",
                "$5$rounds=1000$south$1rgiVC.4MOEiAv4f0lnFREMMk79Dprc6AzoITRfaGd3",
                "$5$rounds=1000$east$Wxp6jGMi4aLisN2ga.a.g/aiQ9A3SGzOZIz5kwpz5m0",
                "$5$rounds=1000$west$fEdjEe6XMKxJrJmOV2WTMPS1F2RFQQfY03DXavY7tqA",
            }}},
       }}},
      {"bob",
       {{
           {"b",
            {{
                "$5$rounds=1000$north$7.Mjx0NB3hnHQntz1Ry8UyQ37g/NWVJb/pNSd1brxL1",
                "$5$rounds=1000$south$dgMzcb5pcN4MY6jPNyYaTg8GfFrZgvXZhR58w7hXVd1",
                "$5$rounds=1000$east$zzpjfdlW7jBYLuKShIeJKFSBoMeCUL.sCQCrSk9o6N6",
                "$5$rounds=1000$west$vJP.Hj3Q6PZukXsTSD8HRGqVuOm8IrxDOUP1OJL2zp0",
            }}},
           {"bo:b",
            {{
                "$5$rounds=1000$north$smnkALhpR4yIw8Y2PdSKK5AeTGbmGnxHBE3B30pE90C",
                "$5$rounds=1000$south$l5MuN684tRjUORrMYfXlRQd8nhLT/ryJnb0xu5qomED",
                "$5$rounds=1000$east$OQ4I4kOnucvS8PXFnRHuVdN.3vuCDCRO8/97e6Iiy//",
                "$5$rounds=1000$west$681l/HSuxNxu1pH2T0xjVFm1IhdTBu.b3VaNgYhKE8C",
            }}},
       }}},
      {"zo\xC3\xAB",
       {{
           {"p\xC3\xA4ss",
            {{
                "$5$rounds=1000$north$.ogGhRhnv00AgCwIti91JjVroMgTbbf1R0.SI1T2qp/",
                "$5$rounds=1000$south$.kn9Taujb1FKW1ImlDg9hQqkdcyfdCOdtIcMloBmNC/",
                "$5$rounds=1000$east$ZFiwK9rpx5MlZx/lKquEPtCxNRmRiCG0btKXmWwlZz9",
                "$5$rounds=1000$west$PfEeuFFRyODa1E0R.6C24O/SHmglIl5mI2iuT6RHzR/",
            }}},
           {"w\xC3\xB6rd word",
            {{
                "$5$rounds=1000$north$M.5hiUhJhH8q4FXqCl.6al22lyvftGsYXwpI8fgP903",
                "$5$rounds=1000$south$nEPCrj/fRKM8H/Cx6Q.g6SQFg8G28EmzDTo7bsrhqA0",
                "$5$rounds=1000$east$.P5xJY0aeGeLxuDIhJVWmOBkdiWBpAWDJ1vb0ZyPFg5",
                "$5$rounds=1000$west$FbxmojgsVOL1eM9uO26Tde3ZEPOkZFXCJSKKpYJ6HdC",
            }}},
       }}},
      {"dora",
       {{
           {std::string(72, 'd'),
            {{
                "$5$rounds=1000$north$2BwoZ517z1qbtSJsRFqC47cg25YJA/LJPYPIGhbndh7",
                "$5$rounds=1000$south$kiSupumlCBbgHo.6f2KdMMQcl8s0aqk72mS28oGSBQD",
                "$5$rounds=1000$east$3c474gN9G.XHS.s8RT7Z.hD6aHbEVsL86G21wAu8O28",
                "$5$rounds=1000$west$H91sy.1qbNAjkfDEYKfmh4TNgh2nhJTAIkv2DI5L5J3",
            }}},
           {std::string(71, 'e') + 'f',
            {{
                "$5$rounds=1000$north$wiv93ehDykHXgJjXvlSkxcZ9r1AKM.4101A0wxRTDa0",
                "$5$rounds=1000$south$YmD0237ATH8qqrAFkCJjYEaPxuL29SyIFaYlFORKZe9",
                "$5$rounds=1000$east$lHHZ7Dlm30YA/hyIqm2duDRYGmJLjH2GC.mFVwNp907",
                "$5$rounds=1000$west$RAAHT8mMFnlp0TUyaJ12xA.3apFJWqGnjgBD4OFDYh8",
            }}},
       }}},
      {"eve",
       {{
           {"",
            {{
                "$5$rounds=1000$north$LJqmIQ8uryS8Okt0.0QU.tlAUOFAVqLJlXlxGtTeWQ.",
                "$5$rounds=1000$south$QI9LYeSUYdRySETn/I..ipNP5d8/qMyiFnKVhrx94iD",
                "$5$rounds=1000$east$6gOqK6qBZ7uqJdPV.9zf1iv1urRU9keQuK1f0QiBOm7",
                "$5$rounds=1000$west$c8aqEyBojIBqxC5t8XY/OcwzAoCED9i5tlY.UHFdON.",
            }}},
           {"filled",
            {{
                "$5$rounds=1000$north$yv4WhuuVlLEV796nOJYXvYDloWlvlCCV6n07OSLpmbB",
                "$5$rounds=1000$south$rsCGGbdEbxvleEYoE8cHRz73ooKmpc3fm2hVFZAe235",
                "$5$rounds=1000$east$qUgq1lpfMk7cfvNhz0PCI5b90F02oTy6NITnw5RJr42",
                "$5$rounds=1000$west$WMPdIFIzj3n4kQ/ywMMpfgF3zJNsGvvB9U0Tdax04v.",
            }}},
       }}},
  }};
  return kUsers;
}

}  // namespace simulation
