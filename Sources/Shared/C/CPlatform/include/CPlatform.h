#pragma once
// What Swift's Glibc module does not show (GNU-only functions, variadics, macros). No logic.
