//! Runs somebody's program so that it harms nobody.
#![allow(missing_docs, unused)]
use std::ffi::OsString;
use std::time::Duration;
use std::io;
/// What was found to work on this machine.
#[derive(Clone, Debug)]
pub struct Sandbox {}
impl Sandbox {
    pub fn new() -> anyhow::Result<Self> { todo!() }
    pub fn isolation(&self) -> Vec<String> { todo!() }
    pub fn start(&self, launch: &Launch) -> Result<Process, StartError> { todo!() }
}
pub struct Launch { pub argv: Vec<OsString>, pub listen: Listen, pub limits: Limits }
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listen { Nowhere, FreePort, Port(u16) }
#[derive(Default)]
pub struct Limits {}
pub enum StartError { Program(String), Grader(anyhow::Error) }
#[derive(Debug)]
pub struct Process;
pub struct Ending;
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exit { Code(i32), Signal(i32), Limit(String) }
impl std::fmt::Display for Exit { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { todo!() } }
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Signal { Terminate, Interrupt }
pub struct Output;
impl Output {
    pub fn line(&self, n: usize, d: Duration) -> Option<String> { todo!() }
    pub fn stdout(&self) -> Vec<u8> { todo!() }
    pub fn stderr(&self) -> String { todo!() }
    pub fn finish(&self, d: Duration) -> bool { todo!() }
}
impl Process {
    pub fn pid(&self) -> u32 { todo!() }
    pub fn tree(&self) -> Vec<u32> { todo!() }
    pub fn output(&self) -> &Output { todo!() }
    pub fn write(&mut self, b: &[u8]) -> io::Result<()> { todo!() }
    pub fn end_stdin(&mut self) { todo!() }
    pub fn signal(&self, s: Signal) -> io::Result<()> { todo!() }
    pub fn exit(&self) -> Option<Exit> { todo!() }
    pub fn wait(&self, d: Duration) -> Option<Exit> { todo!() }
    pub fn end(self) -> Ending { todo!() }
}
