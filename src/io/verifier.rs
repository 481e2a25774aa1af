//! Verifiers: somebody's own program or address that says yes or no to a token, asked many times at once and never waited for.

use std::io::Write as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::io::outbound::{Answer, Outbound, OutboundError, Reach};

/// How often a running command is looked at.
const LOOK: Duration = Duration::from_millis(2);
/// What a shell says of a command that it cannot start.
const NOT_STARTED: [i32; 2] = [126, 127];

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
    #[must_use]
    pub fn ask_all(&self, tokens: &[&str], time_limit: Duration, jobs: usize, tell: impl Fn(usize)) -> Vec<Said> {
        let next = AtomicUsize::new(0);
        let mut answers: Vec<Said> = vec![Said::Trouble("it was not asked".to_owned()); tokens.len()];
        let (sender, receiver): (Sender<(usize, Said)>, Receiver<_>) = mpsc::channel();
        thread::scope(|scope| {
            for _ in 0..jobs.clamp(1, tokens.len().max(1)) {
                let (sender, next) = (sender.clone(), &next);
                scope.spawn(move || {
                    while let index = next.fetch_add(1, Ordering::Relaxed)
                        && let Some(token) = tokens.get(index)
                        && sender.send((index, self.ask(token, time_limit))).is_ok()
                    {}
                });
            }
            drop(sender);
            for (done, (index, said)) in receiver.iter().enumerate() {
                if let Some(answer) = answers.get_mut(index) {
                    *answer = said;
                }
                tell(done + 1);
            }
        });
        answers
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
        200..=299 => match serde_json::from_slice::<Value>(&answer.body) {
            Ok(body) if is_no(&body) => Said::Refused,
            Ok(_) | Err(_) => Said::Accepted,
        },
        400..=499 => Said::Refused,
        status => Said::Trouble(format!("it answered with the HTTP status {status}")),
    }
}

/// `{"status":"ok"}` as stores answer, and the truth values that most others do.
fn is_no(body: &Value) -> bool {
    let says_no = |name: &str| body.get(name).is_some_and(|value| value == &Value::Bool(false));
    let is_other_status = body.get("status").and_then(Value::as_str).is_some_and(|status| status != "ok");
    body == &Value::Bool(false) || is_other_status || ["accepted", "valid", "verified", "ok"].into_iter().any(says_no)
}

/// Exit code 0 is a yes, every other a no; a command that crashed or could not be started says neither.
fn piped(command: &str, token: &str, time_limit: Duration) -> Said {
    let mut child = match shell(command).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
        Ok(child) => child,
        Err(error) => return Said::Trouble(format!("the command could not be started: {error}")),
    };
    // A pipe takes more than any token of the corpus, so this does not wait; who ends without reading has decided all the same.
    let written = child.stdin.take().map(|mut input| input.write_all(token.as_bytes()));
    drop(written);
    match ended(&mut child, time_limit) {
        Ok(Some(status)) => of_status(status),
        Ok(None) => {
            stop(&mut child);
            Said::Trouble(format!("it did not end within {} ms", time_limit.as_millis()))
        }
        Err(error) => Said::Trouble(format!("the command could not be watched: {error}")),
    }
}

fn of_status(status: ExitStatus) -> Said {
    match status.code() {
        Some(0) => Said::Accepted,
        Some(code) if NOT_STARTED.contains(&code) => {
            Said::Trouble(format!("the command was not found or cannot be run, exit code {code}"))
        }
        Some(_) => Said::Refused,
        None => Said::Trouble(format!("the command crashed: {status}")),
    }
}

/// The exit status, or `None` when the time is over.
fn ended(child: &mut Child, time_limit: Duration) -> std::io::Result<Option<ExitStatus>> {
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
        assert_eq!((said(400, ""), said(422, "true")), (Said::Refused, Said::Refused));
        for status in [101, 302, 500, 503] {
            assert!(matches!(said(status, ""), Said::Trouble(_)), "{status}");
        }
    }
}
