import { describe, expect, it } from 'vitest';
import { isSigned } from '../../../../functions/approval/slack/verify-signature.ts';

/** The example of Slack's own documentation. */
const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const signed = {
  body: Buffer.from(
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  ),
  timestamp: '1531420618',
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
};
const after = (seconds: number) => new Date((1531420618 + seconds) * 1000);

describe('a signature of Slack', () => {
  it.each([0, 299, 300, -299, -300])('is good %i seconds after it was made', (seconds) => {
    expect(isSigned(signed, secret, after(seconds))).toBe(true);
  });

  it.each([301, -301, 86_400])('is good no more %i seconds after it was made', (seconds) => {
    expect(isSigned(signed, secret, after(seconds))).toBe(false);
  });

  it('is good for no other byte of the body', () => {
    for (let n = 0; n < signed.body.length; n += 7) {
      const body = Buffer.from(signed.body);
      body[n] = (body[n] ?? 0) ^ 1;
      expect(isSigned({ ...signed, body }, secret, after(0))).toBe(false);
    }
  });

  it.each([
    ['another time', { timestamp: '1531420619' }],
    ['a time that is none', { timestamp: '1531420618.0' }],
    ['no time', { timestamp: undefined }],
    ['no signature', { signature: undefined }],
    ['an empty one', { signature: '' }],
    ['a shorter one', { signature: signed.signature.slice(0, -1) }],
    ['another version', { signature: signed.signature.replace('v0', 'v1') }],
  ])('is refused with %s', (_, fields) => {
    expect(isSigned({ ...signed, ...fields }, secret, after(0))).toBe(false);
  });

  it('is refused with another secret', () => {
    expect(isSigned(signed, `${secret}x`, after(0))).toBe(false);
  });
});
