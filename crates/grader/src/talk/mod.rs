//! A conversation with a program, through a layer that is as unkind as a network.
