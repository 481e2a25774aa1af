// jose, a verifier of today: fetches the stage's key set and checks what the stage signed.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createRemoteJWKSet, decodeProtectedHeader, errors, jwtVerify } from 'jose';

import { start } from './stage.mjs';

const typ = 'purchase-receipt';

for (const [signing, alg] of [['eddsa', 'EdDSA'], ['es256', 'ES256'], ['rs512', 'RS512']]) {
  test(`a receipt signed with ${alg} is taken, and not when one thing is wrong`, async (t) => {
    const stage = await start(t, `signing = "${signing}"\n`);
    const { receipt } = await stage.buy('shiny-pony');
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', stage.base));
    const rules = { issuer: stage.base, algorithms: [alg] };

    const { payload, protectedHeader } = await jwtVerify(receipt, keys, rules);
    assert.equal(payload.typ, typ);
    assert.equal(protectedHeader.alg, alg);

    const at = receipt.lastIndexOf('.') + 1;
    const spoiled = receipt.slice(0, at) + (receipt[at] === 'A' ? 'B' : 'A') + receipt.slice(at + 1);
    await assert.rejects(jwtVerify(spoiled, keys, rules), errors.JWSSignatureVerificationFailed);
    await assert.rejects(jwtVerify(receipt, keys, { ...rules, algorithms: ['HS256'] }), errors.JOSEAlgNotAllowed);
    await assert.rejects(jwtVerify(receipt, keys, { ...rules, issuer: 'https://market.example' }), errors.JWTClaimValidationFailed);
    const later = new Date((payload.exp + 1) * 1000);
    await assert.rejects(jwtVerify(receipt, keys, { ...rules, currentDate: later }), errors.JWTExpired);
    const earlier = new Date((payload.nbf - 60) * 1000);
    await assert.rejects(jwtVerify(receipt, keys, { ...rules, currentDate: earlier }), errors.JWTClaimValidationFailed);
  });
}

test('after a rotation the new key signs and the old receipt is still taken', async (t) => {
  const stage = await start(t);
  const before = await stage.buy('shiny-pony');
  await stage.command({ do: 'rotate-key' });
  const after = await stage.buy('golden-saddle');
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', stage.base));
  assert.notEqual(decodeProtectedHeader(before.receipt).kid, decodeProtectedHeader(after.receipt).kid);
  for (const { receipt } of [before, after]) await jwtVerify(receipt, keys, { issuer: stage.base });
});
