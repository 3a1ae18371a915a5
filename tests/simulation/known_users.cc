#include "tests/simulation/known_users.h"

namespace simulation {

// The hashes are of the cheapest kind that users files may have. Two passwords are as long as one
// may be, one is empty, one has a colon, two are not ASCII.
const std::array<KnownUser, kKnownUsers>& known_users() {
  static const std::array<KnownUser, kKnownUsers> kUsers{{
      {"ann",
       {{
           {"secret",
            {"$5$rounds=1000$north$QpUUAz4ioW66FEyWZqadyQ2IShbse6j6SnIQn6u30d7",
             "$5$rounds=1000$south$WpchZu46dJGKZOZxPW4Rpk29sz2cd9GimCMc4ZYJx60"}},
           {"other",
            {"$5$rounds=1000$north$akZ4FuXO7xixoVQ8GT1Upjm2mI1IFHpT8mK.rY3Co24",
             "$5$rounds=1000$south$1rgiVC.4MOEiAv4f0lnFREMMk79Dprc6AzoITRfaGd3"}},
       }}},
      {"bob",
       {{
           {"b",
            {"$5$rounds=1000$north$7.Mjx0NB3hnHQntz1Ry8UyQ37g/NWVJb/pNSd1brxL1",
             "$5$rounds=1000$south$dgMzcb5pcN4MY6jPNyYaTg8GfFrZgvXZhR58w7hXVd1"}},
           {"bo:b",
            {"$5$rounds=1000$north$smnkALhpR4yIw8Y2PdSKK5AeTGbmGnxHBE3B30pE90C",
             "$5$rounds=1000$south$l5MuN684tRjUORrMYfXlRQd8nhLT/ryJnb0xu5qomED"}},
       }}},
      {"zo\xC3\xAB",
       {{
           {"p\xC3\xA4ss",
            {"$5$rounds=1000$north$.ogGhRhnv00AgCwIti91JjVroMgTbbf1R0.SI1T2qp/",
             "$5$rounds=1000$south$.kn9Taujb1FKW1ImlDg9hQqkdcyfdCOdtIcMloBmNC/"}},
           {"w\xC3\xB6rd word",
            {"$5$rounds=1000$north$M.5hiUhJhH8q4FXqCl.6al22lyvftGsYXwpI8fgP903",
             "$5$rounds=1000$south$nEPCrj/fRKM8H/Cx6Q.g6SQFg8G28EmzDTo7bsrhqA0"}},
       }}},
      {"dora",
       {{
           {std::string(72, 'd'),
            {"$5$rounds=1000$north$2BwoZ517z1qbtSJsRFqC47cg25YJA/LJPYPIGhbndh7",
             "$5$rounds=1000$south$kiSupumlCBbgHo.6f2KdMMQcl8s0aqk72mS28oGSBQD"}},
           {std::string(71, 'e') + 'f',
            {"$5$rounds=1000$north$wiv93ehDykHXgJjXvlSkxcZ9r1AKM.4101A0wxRTDa0",
             "$5$rounds=1000$south$YmD0237ATH8qqrAFkCJjYEaPxuL29SyIFaYlFORKZe9"}},
       }}},
      {"eve",
       {{
           {"",
            {"$5$rounds=1000$north$LJqmIQ8uryS8Okt0.0QU.tlAUOFAVqLJlXlxGtTeWQ.",
             "$5$rounds=1000$south$QI9LYeSUYdRySETn/I..ipNP5d8/qMyiFnKVhrx94iD"}},
           {"filled",
            {"$5$rounds=1000$north$yv4WhuuVlLEV796nOJYXvYDloWlvlCCV6n07OSLpmbB",
             "$5$rounds=1000$south$rsCGGbdEbxvleEYoE8cHRz73ooKmpc3fm2hVFZAe235"}},
       }}},
  }};
  return kUsers;
}

}  // namespace simulation
