//! The live server: loopback sockets, doors and guards, and the routes behind them.

pub mod limits;
pub mod door;
pub mod refusal;
pub mod host;
pub mod token;
pub mod body;
pub mod guard;
pub mod front;
pub mod listen;
pub mod crowd;
pub mod stream;
pub mod serve;
pub mod server;
pub mod pages;
pub mod shape;
pub mod shapes;
pub mod route;
pub mod routes;
pub mod answer;
pub mod shown;
pub mod reading;
pub mod public;
pub mod openapi;
pub mod control;
pub mod sessions;
pub mod site;
