import { expect } from 'chai';
import { err, errAsync, ok, okAsync, type ResultAsync } from 'neverthrow';
import { beforeEach, describe, it } from 'mocha';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import {
  createLiveSecret,
  REFRESH_PAUSE_MS,
  SECRET_AGE_MAX_MS,
  type LiveSecretOptions,
} from '../../../src/adapters/secrets/liveSecret.ts';
import type { SecretFailure } from '../../../src/adapters/secrets/secretStore.ts';

type Kept = ResultAsync<string, SecretFailure>;

describe('A secret that may change', () => {
  let clock: ReturnType<typeof createVirtualClock>;
  let telemetry: ReturnType<typeof createMemoryTelemetry>;
  let asked: number;
  let kept: Kept;

  beforeEach(() => {
    clock = createVirtualClock();
    telemetry = createMemoryTelemetry();
    asked = 0;
    kept = okAsync('first');
  });

  const open = (more: Partial<LiveSecretOptions<string>> = {}) =>
    createLiveSecret<string>({
      setting: 'STRIPE_SECRET_KEY_ARN',
      first: { text: 'first', value: 'first' },
      fetch: () => {
        asked += 1;
        return kept;
      },
      read: ok,
      accept: () => okAsync(),
      clock,
      records: telemetry,
      ...more,
    });
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const records = () =>
    telemetry.records().map(({ level, event, outcome, facts }) => ({
      level,
      event,
      ...(outcome !== undefined && { outcome }),
      facts,
    }));

  it('is asked for again behind its use once it is five minutes old, and not before', async () => {
    const secret = open();
    kept = okAsync('second');
    await clock.advance(SECRET_AGE_MAX_MS - 1);
    expect(secret.current()).to.equal('first');
    await settled();
    expect(asked).to.equal(0);

    await clock.advance(1);
    expect(secret.current()).to.equal('first');
    await settled();
    expect(secret.current()).to.equal('second');
    expect(asked).to.equal(1);
    expect(records()).to.deep.equal([
      { level: 'info', event: 'secret.refreshed', facts: { setting: 'STRIPE_SECRET_KEY_ARN' } },
    ]);
  });

  it('is waited for only where it is old', async () => {
    const secret = open();
    kept = okAsync('second');
    await secret.fresh();
    expect(secret.current()).to.equal('first');
    await clock.advance(SECRET_AGE_MAX_MS);
    await secret.fresh();
    expect(secret.current()).to.equal('second');
  });

  it('is asked for at once where it is refused, by all who ask together once', async () => {
    const secret = open();
    kept = okAsync('second');
    expect(await Promise.all([secret.refresh(), secret.refresh()])).to.deep.equal([true, true]);
    expect([asked, secret.current()]).to.deep.equal([1, 'second']);
  });

  it('is asked for at most once a minute, whatever is refused', async () => {
    const secret = open();
    for (let calls = 0; calls < 100; calls += 1) expect(await secret.refresh()).to.equal(false);
    expect(asked).to.equal(1);
    kept = okAsync('second');
    await clock.advance(REFRESH_PAUSE_MS - 1);
    expect(await secret.refresh()).to.equal(false);
    await clock.advance(1);
    expect(await secret.refresh()).to.equal(true);
    expect(asked).to.equal(2);
  });

  it('stays as it is where it cannot be read, and is asked for a minute later', async () => {
    const secret = open();
    kept = errAsync({ why: 'Unreachable', cause: 'ThrottlingException: slow down' });
    await clock.advance(SECRET_AGE_MAX_MS);
    secret.current();
    await settled();
    secret.current();
    await settled();
    expect([asked, secret.current()]).to.deep.equal([1, 'first']);
    kept = errAsync({ why: 'Denied', cause: 'AccessDeniedException' });
    await clock.advance(REFRESH_PAUSE_MS);
    secret.current();
    await settled();
    const facts = { setting: 'STRIPE_SECRET_KEY_ARN' };
    const event = 'secret.not_refreshed';
    expect(records()).to.deep.equal([
      {
        level: 'warn',
        event,
        outcome: 'Unreachable',
        facts: { ...facts, cause: 'ThrottlingException: slow down' },
      },
      {
        level: 'error',
        event,
        outcome: 'Denied',
        facts: { ...facts, cause: 'AccessDeniedException' },
      },
    ]);
    expect(telemetry.records().at(-1)?.metrics).to.deep.equal({
      SecretsNotRefreshed: { unit: 'Count', values: [1] },
    });
  });

  it('stays as it is where another text is no such secret, or is not accepted', async () => {
    kept = okAsync('a text in the wrong place');
    const wrong = open({ read: () => err('is not a secret key') });
    expect(await wrong.refresh()).to.equal(false);
    const foreign = open({ accept: () => errAsync('it is of another account') });
    expect(await foreign.refresh()).to.equal(false);

    expect([wrong.current(), foreign.current()]).to.deep.equal(['first', 'first']);
    expect(records().map(({ outcome }) => outcome)).to.deep.equal(['Refused', 'Refused']);
    expect(JSON.stringify(telemetry.records())).not.to.include('in the wrong place');
  });

  it('is not held for longer by a clock that was set back', async () => {
    let now = 1_000_000_000;
    const secret = open({ clock: { now: () => now } });
    kept = okAsync('second');
    now -= 3_600_000;
    await secret.fresh();
    expect(secret.current()).to.equal('second');
  });
});
