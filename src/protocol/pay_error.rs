//! Pay errors: everything for which the payment flow server turns a pay request away.

use crate::protocol::code::Refusal;

codes! {
    /// Why a pay request does not open a payment window, in the order in which the server looks. Several reasons share a code.
    pub PayError {
        FieldRequired = "FIELD_REQUIRED", "No pay request was posted", "Post the pay request in the field req";
        BadNetwork = "BAD_REQUEST", "The mobile network is half told or misspelt", "Give both mcc and mnc, two or three digits each, or neither";
        JwtDecodeErr = "JWT_DECODE_ERR", "The pay request is not a well-formed token", "Post the token exactly as it was signed";
        InvalidJwtObj = "INVALID_JWT_OBJ", "The pay request's claims are no object", "Sign a claims object, not a text that holds one";
        CrashedWithoutRequest = "HTTP_500", "The server failed over a token that asks for nothing", "Add request with the product and its price point";
        SimDisabled = "SIM_DISABLED", "This server simulates no payments", "Leave simulate out, or ask a server that simulates";
        BadSimResult = "BAD_SIM_RESULT", "The simulation wants a result that does not exist", "Set simulate.result to postback or chargeback";
        NoSimReason = "NO_SIM_REASON", "The simulated chargeback gives no reason", "Add simulate.reason, such as refund";
        BadJwtIssuer = "BAD_JWT_ISSUER", "Nobody is registered for this issuer", "Put the application key into iss, and check that the seller is active";
        PaymentsRevoked = "AppPaymentsRevoked", "The seller's key has been revoked", "Ask the marketplace why, and for another key";
        SimOnlyKey = "SIM_ONLY_KEY", "This key may only simulate payments", "Use a key with purchase access, or add simulate";
        BadIconKey = "BAD_ICON_KEY", "The icons are no object", "Write icons as sizes with addresses, as in 64 and a URL";
        ChargebackUrlTooLong = "CHARGEBACKURL_TOO_LONG", "The chargeback address is longer than 255 characters", "Shorten chargebackURL";
        DefaultLocaleTooLong = "DEFAULTLOCALE_TOO_LONG", "The default locale is longer than 255 characters", "Shorten defaultLocale to a language code";
        IdTooLong = "ID_TOO_LONG", "The product's id is longer than 255 characters", "Shorten the id";
        NameTooLong = "NAME_TOO_LONG", "The product's name is longer than 255 characters", "Shorten the name; only descriptions are cut";
        PostbackUrlTooLong = "POSTBACKURL_TOO_LONG", "The postback address is longer than 255 characters", "Shorten postbackURL";
        ProductDataTooLong = "PRODUCTDATA_TOO_LONG", "The product data are longer than 255 characters", "Keep the data on the server and send their key";
        NoDefaultLoc = "NO_DEFAULT_LOC", "There are locales, but no default locale", "Add defaultLocale with the language of name and description";
        PayDisabled = "PAY_DISABLED", "Payments are switched off for now", "Try again later, or simulate";
        BadSignature = "INVALID_JWT", "The signature is not the seller's", "Sign with HS256 and the secret of the key in iss";
        WrongType = "INVALID_JWT", "The token is not a pay request", "Set typ to the provider's own pay type";
        NotNumericDate = "INVALID_JWT", "The request lacks exp or iat in seconds", "Add exp and iat as numbers";
        ExpiredJwt = "EXPIRED_JWT", "The pay request has expired", "Sign a new pay request for each purchase";
        IssuedTooLongAgo = "EXPIRED_JWT", "The pay request was signed more than an hour ago", "Sign a new pay request for each purchase";
        NotYetValidCalledExpired = "EXPIRED_JWT", "The pay request is not valid yet, which this server calls expired", "Set the seller's clock right, or leave nbf out";
        NotYetValid = "INVALID_JWT", "The pay request is not valid yet", "Set the seller's clock right, or leave nbf out";
        IssuedAhead = "INVALID_JWT", "The pay request was signed in the future", "Set the seller's clock right";
        LastsTooLong = "INVALID_JWT", "The pay request lasts longer than any may", "Write exp in seconds, an hour after iat; a day at the most";
        WrongAudience = "INVALID_JWT", "The pay request is meant for another provider", "Put this provider's domain into aud";
        RequestFieldMissing = "INVALID_JWT", "The request lacks something that it must have", "Fill in id, pricePoint, name, description, postbackURL and chargebackURL";
        MalformedUrl = "MALFORMED_URL", "An address is not a full http or https URL", "Write postbackURL, chargebackURL and icons with scheme and host";
        BadPricePoint = "BAD_PRICE_POINT", "There is no such price point", "Use one of the provider's price points";
        RequestFieldMistyped = "INVALID_JWT", "A member of the request is of the wrong type", "Write it as a text, or as the page tells";
    }
}

impl PayError {
    /// The HTTP status that the server answers with.
    #[must_use]
    pub fn http_status(self) -> u16 {
        if self == Self::PayDisabled {
            503
        } else if self == Self::CrashedWithoutRequest {
            500
        } else {
            400
        }
    }
}

/// A refusal of the payment flow server.
pub type PayRefusal = Refusal<PayError>;
