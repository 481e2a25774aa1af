//! Verifiers: somebody's own program or address that says yes or no to a token, asked many times at once and never waited for.

use std::io::{self, Write as _};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::io::cores;
use crate::io::outbound::{Answer, Outbound, OutboundError, Reach};

/// How often a running command is looked at.
const LOOK: Duration = Duration::from_millis(2);
/// What a shell says of a command that it cannot start.
const NOT_STARTED: [i32; 2] = [126, 127];
/// What a shell adds to the number of the signal that ended its command.
const BY_SIGNAL: i32 = 128;
/// Members of a JSON answer that say yes by `true` and no by `false`; `active` is that of RFC 7662, 2.2.
const YES_OR_NO: [&str; 5] = ["accepted", "valid", "verified", "ok", "active"];
/// What the member `status` says of a good token.
const GOOD: [&str; 4] = ["ok", "valid", "verified", "accepted"];
/// What the member `status` says of any other: the words of store answers first.
const BAD: [&str; 8] = ["pending", "refunded", "expired", "invalid", "refused", "rejected", "failed", "error"];

/// What every pipe takes at once, so that writing it does not wait. POSIX leaves it to the system; Linux has 64 KiB, others 16.
const PIPE_BYTES: usize = 16 * 1024;

/// Who is asked.
#[derive(Clone, Debug)]
pub enum Verifier {
    /// An address that takes the raw token by POST.
    Url {
        /// The address.
        url: String,
        /// How far requests may go.
        reach: Reach,
    },
    /// A command that reads the token on standard input.
    Command(String),
}

/// What a verifier made of one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is good.
    Accepted,
    /// It is not.
    Refused,
    /// Neither: it hung, closed, crashed or answered nonsense; the sentence says which.
    Trouble(String),
}

impl Verifier {
    /// Asks about every token, `jobs` at a time; the answers in the tokens' order. `tell` hears of each answer as it comes.
    ///
    /// # Errors
    /// The system's word that no thread can be had.
    pub fn ask_all(
        &self,
        tokens: &[&str],
        time_limit: Duration,
        jobs: usize,
        tell: impl Fn(usize),
    ) -> io::Result<Vec<Said>> {
        let mut answers = Vec::with_capacity(tokens.len());
        let take = |said| {
            answers.push(said);
            tell(answers.len());
            Ok::<(), io::Error>(())
        };
        cores::in_order(jobs, tokens, |token| self.ask(token, time_limit), take)?;
        Ok(answers)
    }

    /// Asks about one token.
    #[must_use]
    pub fn ask(&self, token: &str, time_limit: Duration) -> Said {
        match self {
            Self::Url { url, reach } => posted(url, reach, token, time_limit),
            Self::Command(command) => piped(command, token, time_limit),
        }
    }
}

fn posted(url: &str, reach: &Reach, token: &str, time_limit: Duration) -> Said {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Said::Trouble(format!("this machine cannot ask: {error}")),
    };
    let outbound = Outbound::new(reach.clone()).with_time_limit(time_limit);
    match runtime.block_on(outbound.post(url, "text/plain", token.as_bytes().to_vec())) {
        Ok(answer) => read(&answer),
        Err(OutboundError::TimedOut { limit_ms }) => Said::Trouble(format!("it gave no answer within {limit_ms} ms")),
        Err(error) => Said::Trouble(error.to_string()),
    }
}

/// A status of 2xx is a yes, unless the body is JSON that says no; 4xx is a no; everything else is neither.
fn read(answer: &Answer) -> Said {
    match answer.status {
        200..=299 => read_body(answer),
        400..=499 => Said::Refused,
        status => Said::Trouble(format!("it answered with the HTTP status {status}")),
    }
}

fn read_body(answer: &Answer) -> Said {
    let is_page = answer.body.trim_ascii_start().starts_with(b"<");
    match serde_json::from_slice::<Value>(&answer.body) {
        Ok(Value::Bool(false)) => Said::Refused,
        Ok(body) => read_members(&body),
        Err(_) if is_page => Said::Trouble("it answered with a page; is the address that of the verifier?".to_owned()),
        Err(_) => Said::Accepted,
    }
}

/// One no is a no. A member that ought to say either and says neither is reported.
fn read_members(body: &Value) -> Said {
    let truths = YES_OR_NO.into_iter().filter_map(|name| {
        let value = body.get(name)?;
        Some(value.as_bool().ok_or_else(|| format!(r#"its "{name}" is neither true nor false: {value}"#)))
    });
    let status = body.get("status").map(|value| match value.as_str() {
        Some(word) if GOOD.contains(&word) => Ok(true),
        Some(word) if BAD.contains(&word) => Ok(false),
        Some(_) | None => Err(format!(r#"its "status" is neither "ok" nor a word for a refusal: {value}"#)),
    });
    match truths.chain(status).collect::<Result<Vec<bool>, String>>() {
        Ok(said) if said.contains(&false) => Said::Refused,
        Ok(_) => Said::Accepted,
        Err(why) => Said::Trouble(why),
    }
}

/// Exit code 0 is a yes, every other a no; a command that crashed or could not be started says neither.
fn piped(command: &str, token: &str, time_limit: Duration) -> Said {
    let mut child = match shell(command).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
        Ok(child) => child,
        Err(error) => return Said::Trouble(format!("the command could not be started: {error}")),
    };
    if let Some(input) = child.stdin.take() {
        hand_over(input, token);
    }
    match ended(&mut child, time_limit) {
        Ok(Some(status)) => of_status(status),
        Ok(None) => {
            stop(&mut child);
            Said::Trouble(format!("it did not end within {} ms", time_limit.as_millis()))
        }
        Err(error) => Said::Trouble(format!("the command could not be watched: {error}")),
    }
}

/// Writes the token to the command. Who ends without reading has decided all the same.
fn hand_over(mut input: ChildStdin, token: &str) {
    if token.len() <= PIPE_BYTES {
        let _ = input.write_all(token.as_bytes());
        return;
    }
    // Nobody waits for this one: it ends when the command reads on, ends, or is stopped.
    let token = token.to_owned();
    thread::spawn(move || input.write_all(token.as_bytes()));
}

fn of_status(status: ExitStatus) -> Said {
    match status.code() {
        Some(0) => Said::Accepted,
        Some(code) if NOT_STARTED.contains(&code) => {
            Said::Trouble(format!("the command was not found or cannot be run, exit code {code}"))
        }
        Some(code) if code > BY_SIGNAL => {
            Said::Trouble(format!("the command crashed: exit code {code}, that is signal {}", code - BY_SIGNAL))
        }
        Some(_) => Said::Refused,
        None => Said::Trouble(format!("the command crashed: {status}")),
    }
}

/// The exit status, or `None` when the time is over.
fn ended(child: &mut Child, time_limit: Duration) -> io::Result<Option<ExitStatus>> {
    // Nobody ever sends: it is a pause that ends by itself.
    let (_silent, pause) = mpsc::channel::<()>();
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if began.elapsed() >= time_limit {
            return Ok(None);
        }
        let _ = pause.recv_timeout(LOOK);
    }
}

#[cfg(unix)]
fn shell(command: &str) -> Command {
    use std::os::unix::process::CommandExt as _;
    let mut shell = Command::new("sh");
    // A group of its own, so that what the command has started ends with it.
    shell.arg("-c").arg(command).process_group(0);
    shell
}

#[cfg(not(unix))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd");
    shell.arg("/C").arg(command);
    shell
}

/// Ends the command and whatever it has started.
fn stop(child: &mut Child) {
    if cfg!(unix) {
        let group = format!("kill -KILL -- -{}", child.id());
        let _ = Command::new("sh").arg("-c").arg(group).stderr(Stdio::null()).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Answer, Said, read};

    #[test]
    fn an_answer_is_read_by_its_status_and_then_by_its_body() {
        let said = |status, body: &str| read(&Answer { status, content_type: None, body: body.as_bytes().to_vec() });
        for (status, body) in [(200, ""), (204, ""), (200, "fine"), (200, r#"{"status":"ok"}"#), (200, "true")] {
            assert_eq!(said(status, body), Said::Accepted, "{status} {body}");
        }
        for body in [json!({"status": "invalid"}), json!({"valid": false}), json!({"accepted": false}), json!(false)] {
            assert_eq!(said(200, &body.to_string()), Said::Refused, "{body}");
        }
        for body in [r#"{"status":"valid","valid":true}"#, r#"{"active":true}"#, r#"{"iss":"https://market.example"}"#]
        {
            assert_eq!(said(200, body), Said::Accepted, "{body}");
        }
        for body in [r#"{"active":false}"#, r#"{"status":"refunded"}"#, r#"{"status":"ok","valid":false}"#] {
            assert_eq!(said(200, body), Said::Refused, "{body}");
        }
        for body in ["<html>Log in</html>", "\n <p>", r#"{"valid":"no"}"#, r#"{"status":"well"}"#, r#"{"status":1}"#] {
            assert!(matches!(said(200, body), Said::Trouble(_)), "{body}");
        }
        assert_eq!((said(400, ""), said(422, "true")), (Said::Refused, Said::Refused));
        for status in [101, 302, 500, 503] {
            assert!(matches!(said(status, ""), Said::Trouble(_)), "{status}");
        }
    }
}
