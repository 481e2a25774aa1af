//! Errands: carrying messages to servers that sit outside, and their answers back into the run.

use hyper::Method;
use tokio::sync::mpsc;

use crate::io::inbox::WeakLetterbox;
use crate::io::live::hearing::Errand;
use crate::io::outbound::{Answer, Outbound, OutboundError};
use crate::world::http_form::StartLine;
use crate::world::input::Input;

/// Carries each errand on its own, so that a slow server holds up nobody else. Ends when the driver that sends them is gone.
pub async fn run(mut errands: mpsc::UnboundedReceiver<Errand>, outbound: Outbound, letterbox: WeakLetterbox) {
    while let Some(errand) = errands.recv().await {
        let (outbound, letterbox) = (outbound.clone(), letterbox.clone());
        tokio::spawn(async move {
            let input = carry(&errand, &outbound).await;
            if let Some(letterbox) = letterbox.upgrade() {
                // The run may have ended meanwhile; then nobody waits for this.
                let _ = letterbox.say(input).await;
            }
        });
    }
}

async fn carry(errand: &Errand, outbound: &Outbound) -> Input {
    let message = errand.message.0;
    match send(errand, outbound).await {
        Ok(answer) => Input::Answer { message, status: answer.status, body: answer.text() },
        Err(error) => Input::NoAnswer { message, why: error.to_string() },
    }
}

/// The request goes out as its arrow shows it: the same method, headers and body.
async fn send(errand: &Errand, outbound: &Outbound) -> Result<Answer, OutboundError> {
    let form = &errand.form;
    let (method, url) = match &form.start {
        StartLine::Request { method, url } => (Method::from_bytes(method.as_bytes()).unwrap_or_default(), url.as_str()),
        StartLine::Response { .. } => (Method::GET, ""),
    };
    let headers: Vec<(&str, &str)> = form.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
    outbound.ask(method, url, &headers, form.body.clone().unwrap_or_default().into_bytes()).await
}
