//! The network edge: what is sent, and what is made of the answer.
