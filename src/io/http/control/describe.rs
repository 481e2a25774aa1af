//! The description of the whole interface: the public half with the control half beside it.

use utoipa::openapi::path::{HttpMethod, OperationBuilder};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{OpenApi, PathItem};

use crate::io::http::control::deed::{ENDPOINTS, Endpoint, Method};
use crate::io::http::control::description::{Described, OWN, SESSIONS, of};
use crate::io::http::openapi;
use crate::io::http::shape::given;
use crate::io::http::shapes::CONTROL_REFUSAL;

/// How the token's scheme is called.
const BEARER: &str = "token";

/// Everything that the root of a server serves. A session has the same below its base, but for the sessions themselves.
#[must_use]
pub fn document() -> OpenApi {
    let mut document = openapi::document();
    let rows = ENDPOINTS.iter().map(|Endpoint { method, path, about, deed }| (*method, *path, *about, of(*deed)));
    for (method, path, about, described) in rows.chain(SESSIONS) {
        let operation =
            operation(method, path, about, described)
                .security(SecurityRequirement::new::<_, [&str; 0], &str>(BEARER, []));
        add(&mut document, method, path, operation);
    }
    let (path, about, described) = OWN;
    add(&mut document, Method::Get, path, operation(Method::Get, path, about, described));
    if let Some(components) = &mut document.components {
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        components.add_security_scheme(BEARER, scheme);
    }
    document
}

fn add(document: &mut OpenApi, method: Method, path: &str, operation: OperationBuilder) {
    let item = PathItem::new(verb(method), operation);
    document.paths.paths.entry(path.to_owned()).or_default().merge_operations(item);
}

fn verb(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Delete => HttpMethod::Delete,
    }
}

fn operation(method: Method, path: &str, about: &str, described: Described) -> OperationBuilder {
    let mut operation = OperationBuilder::new().tag("control").summary(Some(about));
    for name in openapi::named_in(path) {
        operation = operation.parameter(openapi::path_parameter(name));
    }
    match method {
        Method::Post if !described.takes.is_empty() => {
            operation = operation.request_body(Some(openapi::body("application/json", described.takes)));
        }
        Method::Get | Method::Post | Method::Delete => {
            for member in described.takes {
                operation = operation.parameter(openapi::query_parameter(member));
            }
        }
    }
    for given in described.gives {
        operation = operation.response(given.status.to_string(), openapi::response(given));
    }
    let refusal = given(400, "Not done: the sentence, a code for programs, and what to do", CONTROL_REFUSAL);
    operation.response("default", openapi::response(&refusal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::fault::written::WORDS;

    #[test]
    fn every_word_of_a_fault_is_described_and_no_other() {
        let document = serde_json::to_value(document()).unwrap();
        let body = &document["paths"]["/control/faults"]["post"]["requestBody"]["content"]["application/json"];
        let mut described: Vec<&str> =
            body["schema"]["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let mut words = WORDS.to_vec();
        described.sort_unstable();
        words.sort_unstable();
        assert_eq!(described, words);
    }
}
