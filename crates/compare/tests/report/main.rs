//! What is made of the figures, on invented results.

mod documents;
mod fixture;
mod hostile;
mod page;
mod ranks;
mod several;
mod words;
