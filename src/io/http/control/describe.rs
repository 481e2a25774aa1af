//! The description of the whole interface: the public half with the control half beside it.

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{OpenApi, PathItem, Required, ResponseBuilder};

use crate::io::http::control::deed::{Deed, ENDPOINTS, Endpoint, Method};
use crate::io::http::openapi;

/// How the token's scheme is called.
const BEARER: &str = "token";

/// The endpoints that the root alone has.
const SESSIONS: [(Method, &str, &str, &str); 3] = [
    (Method::Get, "/control/sessions", "The sessions beside the root", ""),
    (
        Method::Post,
        "/control/sessions",
        "Makes a session with a base path of its own",
        "name, clock (\"real\" or \"virtual\"), and what /control/begin takes",
    ),
    (Method::Delete, "/control/sessions/{name}", "Ends a session", ""),
];

/// Everything that the root of a server serves. A session has the same below its base, but for the sessions themselves.
#[must_use]
pub fn document() -> OpenApi {
    let mut document = openapi::document();
    let rows = ENDPOINTS
        .iter()
        .map(|Endpoint { method, path, about, takes, deed }| (*method, *path, *about, *takes, success(*deed)));
    let sessions = SESSIONS.into_iter().map(|(method, path, about, takes)| {
        (method, path, about, takes, if method == Method::Post { 201 } else { 200 })
    });
    for (method, path, about, takes, status) in rows.chain(sessions) {
        let item = PathItem::new(verb(method), operation(method, path, (about, takes), status));
        document.paths.paths.entry(path.to_owned()).or_default().merge_operations(item);
    }
    if let Some(components) = &mut document.components {
        let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
        components.add_security_scheme(BEARER, scheme);
    }
    document
}

fn verb(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Delete => HttpMethod::Delete,
    }
}

fn success(deed: Deed) -> u16 {
    if deed == Deed::Arm { 201 } else { 200 }
}

fn operation(method: Method, path: &str, (about, takes): (&str, &str), status: u16) -> OperationBuilder {
    let mut operation = OperationBuilder::new()
        .tag("control")
        .summary(Some(about))
        .security(SecurityRequirement::new::<_, [&str; 0], &str>(BEARER, []))
        .response(status.to_string(), ResponseBuilder::new().description("Done").build())
        .response("default", ResponseBuilder::new().description("{error, code, hint, where?}").build());
    let named = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    for name in named {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True);
        operation =
            operation.parameter(parameter.schema(Some(ObjectBuilder::new().schema_type(Type::String).build())).build());
    }
    if method == Method::Post && !takes.is_empty() {
        let object = ObjectBuilder::new().schema_type(Type::Object).description(Some(takes)).build();
        let content = ContentBuilder::new().schema(Some(object)).build();
        operation =
            operation.request_body(Some(RequestBodyBuilder::new().content("application/json", content).build()));
    } else if !takes.is_empty() {
        operation = operation.description(Some(takes));
    }
    operation
}
