//! What to try, by what was observed: from a question to an instruction.

use crate::check::Id;
use crate::failure::{Failure, Symptom};

/// The hints for a failure of a check, the gentlest one first.
///
/// None of them is written for a check: the same fault looks the same in every chapter. The check's own story is told by
/// `cargo grade explain`.
pub fn hints(check: Id, failure: &Failure) -> Vec<String> {
    let mut hints: Vec<String> =
        for_symptom(failure.symptom).iter().map(|&hint| hint.to_owned()).collect();
    hints.push(format!("What this check is about, and where to read: cargo grade explain {check}"));
    hints
}

fn for_symptom(symptom: Symptom) -> &'static [&'static str] {
    match symptom {
        Symptom::NotWritten => &[
            "This is the skeleton. Its message names the next step; look for the TODO with that number in src/main.rs.",
        ],
        Symptom::CannotStart => &[
            "Can you start the program yourself, from this folder, by the same command line?",
            "Write the command after `--`, the interpreter first: cargo grade ch3 -- python3 my_server.py --addr {addr}",
        ],
        Symptom::EndedEarly => &[
            "The program ended before it did its work. What does it say on stderr?",
            "Start it by hand with the same arguments. In the sandbox it may write to its scratch folder ($TMPDIR) only, and listen \
             only on the port that it is given.",
        ],
        Symptom::Died => &[
            "The program ended in the middle of the conversation. Which line in the transcript was the last before that?",
            "Look at its exit code and at its stderr. In a server, a panic or an uncaught exception of one conversation must not end \
             the others: catch it where the conversation begins.",
        ],
        Symptom::LimitHit => &[
            "The program used more than it may. What grows with each client, or with each byte?",
            "Every buffer needs a limit, and what belongs to a client must go when the client goes.",
        ],
        Symptom::BadReadyLine => &[
            "The first line of stdout must be `listening on 127.0.0.1:43210`, with your address, and nothing else in it.",
            "Print the address that the listener says it has (getsockname), not the one from the command line. Write everything \
             else to stderr.",
        ],
        Symptom::NoReadyLine => &[
            "Nothing came on stdout. Does the program print the line, and does it leave the program's buffer?",
            "In a pipe, stdout is written when its buffer is full. Flush it after the line (Python: print(…, flush=True)).",
        ],
        Symptom::NoListener => &[
            "Nobody listens at the address that the program has printed.",
            "Print the line after `listen`, with the address that the listener really has.",
        ],
        Symptom::FullBacklog => &[
            "Clients who wait to be accepted stand in a queue of the kernel. How long is yours?",
            "The second argument of listen is the length of that queue: take 128.",
        ],
        Symptom::WrongAddress => &[
            "Compare the address in --addr with the one in your first line.",
            "Listen on exactly the host and port of --addr. Only port 0 means any port.",
        ],
        Symptom::NeverConnects => &[
            "The program was given an address and did not connect to it. How does it take its argument apart?",
            "The last colon stands before the port; an IPv6 address stands in brackets. A name may have several addresses: try each.",
        ],
        Symptom::Silent => &[
            "The other side waits, and so do you. For what does your program wait at this moment?",
            "A command is complete at its line ending: reply then, and flush what you have written.",
        ],
        Symptom::WaitsForEof => &[
            "Your program went on only when the other side had ended its side. What does it wait for?",
            "Do not read until end-of-file. Read a piece, handle each complete line in it, and read again.",
        ],
        Symptom::NoNewline => &[
            "Look at the very end of what you have sent.",
            "Every reply ends in \\n, the last one too.",
        ],
        Symptom::ShortRead => &[
            "The transcript shows in which pieces it was sent. What does your program do with the first piece?",
            "One recv is not one message. Append each piece to a buffer, and take lines out of the buffer only when their \\n is there.",
        ],
        Symptom::LostCommand => &[
            "Several came in one piece. What happens to what stands behind the first line ending?",
            "Take lines out of your buffer in a loop, until no \\n is left in it. What remains is the beginning of the next line.",
        ],
        Symptom::WrongReply => &[
            "Compare the two lines: the caret stands under the first byte that differs.",
            "Say the same commands to your program by hand (nc 127.0.0.1 PORT), and read the table of replies in the exercise.",
        ],
        Symptom::WrongCommand => &[
            "Compare the two lines: the caret stands under the first byte that differs.",
            "Send each line of stdin as it is. Read bytes, not text.",
        ],
        Symptom::NotBytes => &[
            "These names are no valid UTF-8. Where does your program turn bytes into text?",
            "Read and write bytes (Rust: read_until and Vec<u8>; Python: sys.stdin.buffer and sys.stdout.buffer).",
        ],
        Symptom::NotFlushed => &[
            "The reply has come, and it is not on stdout. Where is it?",
            "Flush stdout after each reply; and do not wait for more of stdin before you read from the socket.",
        ],
        Symptom::Deadlock => &[
            "The server cannot send, because nobody reads its replies. Who waits for whom?",
            "Read replies while you still send commands: with a second thread, or by one command after the other.",
        ],
        Symptom::NoTimeout => &[
            "The server never completed its reply. What bounds the wait for it?",
            "Fix a moment 5 s ahead when a reply becomes due: when you ask, and when the reply before has come. Before each recv, set the timeout to what is left until then.",
        ],
        Symptom::ExtraReply => &[
            "Something came that nobody asked for. Which of your commands replied twice, or with two lines?",
            "One command, one line. `boom` has no reply at all.",
        ],
        Symptom::HeldBack => &[
            "A reply was ready, and the client did not get it. What did your program do before it sent it?",
            "Send what is ready before you wait for anything: for the clock, or for the client.",
        ],
        Symptom::TooEarly => &[
            "It came before its time. Which unit does your program take the number for?",
            "Wait the whole time before the reply, or before you give up.",
        ],
        Symptom::ClosedEarly => &[
            "The connection ended while something was still owed. Which of your branches closes it?",
            "An error in one command is a reply, not an end. And end-of-file from the other side means only that nothing more will \
             come: answer what is there first.",
        ],
        Symptom::StayedOpen => &[
            "The other side waits for the end of the connection. Who still holds the socket?",
            "Close it when the conversation is over. A copy (dup, try_clone, makefile) keeps it open as well.",
        ],
        Symptom::Reset => &[
            "The connection was reset. When does a kernel send a reset in the place of an end?",
            "Closing a socket with unread input is a reset. End your side first (shutdown), read on until the other side ends, for a \
             second at most, and then close.",
        ],
        Symptom::OneAtATime => &[
            "The other clients stay connected. Who serves this one in the meantime?",
            "Accept in a loop that does nothing else, and give each connection to a thread of its own.",
        ],
        Symptom::NotServed => &[
            "A client has left, and the one who waited for its place did not get it. Who gives the place back?",
            "Give the permit back when a conversation is over, however it ended: in a destructor or a finally block.",
        ],
        Symptom::HeldUp => &[
            "One client keeps another one waiting. What do the two share?",
            "Hold no lock while you sleep, read or write. And let nothing in the accept loop wait for a client.",
        ],
        Symptom::LostUpdate => &[
            "Two clients added at the same time, and one addition is gone. Between which two lines can that happen?",
            "Read the total, add, store it and take it for the reply under one lock, not under one for each step.",
        ],
        Symptom::TooMany => &[
            "More clients were served, or more threads there, than --workers allows. Where do you count?",
            "Accept only when a worker is free: take a permit (semaphore, counter with condition variable) before accept, and give it \
             back when the conversation is over, however it ended.",
        ],
        Symptom::NoLimit => &[
            "What happens in your program when a line or a total grows without end?",
            "Look at the length of what you hold after each read, not only when the line ends. For totals, use checked addition.",
        ],
        Symptom::DeadAfterReset => &[
            "After a client had reset its connection, the next one was not served. Where does that error end up?",
            "An error of recv, send or accept concerns one connection. Handle it there, and go on accepting.",
        ],
        Symptom::DeadAfterBoom => &[
            "After a handler had failed, somebody else was not served. What did the failure take with it?",
            "Catch the failure inside the worker, so that the worker stays. Hold no lock when it fails, or take the lock back from \
             its poison (unwrap_or_else(PoisonError::into_inner)).",
        ],
        Symptom::IgnoresTerm => &[
            "The program still runs after SIGTERM. Which of its threads still waits, and for what?",
            "A handler that sets a flag does not wake a thread that waits in accept, recv or sleep. Wake them: shut down the sockets, \
             connect to your own listener, wait on a condition in the place of sleeping.",
        ],
        Symptom::NoTermHandler => &[
            "SIGTERM ended the program at once, with replies still owed. What does your program do with this signal?",
            "Handle SIGTERM: stop accepting, end the conversations, return from main. In a script, start the server with `exec`, so \
             that it gets the signal itself.",
        ],
        Symptom::ExitCode => &[
            "Look at the exit code: echo $? after the program has ended.",
            "Success is 0. Whatever the user should know about is not.",
        ],
        Symptom::NeverEnds => &[
            "All is said and done, and the program still runs. What does it wait for?",
            "Count the commands that you have sent and the replies that have come. When stdin has ended and the numbers are equal, you \
             are done.",
        ],
        Symptom::Stderr => &[
            "What does a person see on stderr in this case?",
            "Write one line there: what was tried, what happened, what to try. No backtrace, no silence.",
        ],
        Symptom::NoReuse => &[
            "The same port again, a moment later, fails. Who still has it?",
            "Connections that you have closed stay in TIME_WAIT for a minute. Set SO_REUSEADDR before bind.",
        ],
        Symptom::LeftBehind => &[
            "Processes of yours still run. Who should have ended them, and who should have waited?",
            "End your children when you end. In a script, start the server with `exec`, so that it gets the signal itself.",
        ],
        Symptom::Zombie => &[
            "A child is dead, and nobody has asked for its status.",
            "Call waitpid for every child, also for those that end while you wait for a client.",
        ],
        Symptom::Leak => &[
            "Clients have left, and something of them stayed. What do you create for each one?",
            "Close every descriptor and end every thread of a conversation that is over. Copies of sockets in a list count too.",
        ],
    }
}
