import { expect } from 'chai';
import { ok } from 'neverthrow';
import { openSesClient } from '../../../src/adapters/aws/clients.ts';
import {
  inspectSender,
  probeSender,
  type SenderProblem,
} from '../../../src/adapters/ses/sender.ts';
import { startScriptedServer, type ScriptedServer } from '../../support/scriptedServer.ts';

type Account = { readonly SendingEnabled: boolean; readonly ProductionAccessEnabled: boolean };
type Ses = {
  /** Without it the endpoint does not know the operation. */
  readonly account?: Account;
  /** Which identities are there, and whether each is verified. */
  readonly identities?: Readonly<Record<string, boolean>>;
  readonly status?: number;
};

const FROM = 'receipts@shop.example';
const SOUND: Account = { SendingEnabled: true, ProductionAccessEnabled: true };

describe('inspecting the sender of mail', () => {
  let server: ScriptedServer | undefined;
  afterEach(() => server?.close());

  const clientOf = async ({ account, identities = {}, status }: Ses) => {
    server = await startScriptedServer((response) => {
      const path = decodeURIComponent(server?.seen.at(-1)?.url ?? '');
      const verified = identities[path.replace('/v2/email/identities/', '')];
      const answer = path.endsWith('/account')
        ? account
        : verified === undefined
          ? undefined
          : { IdentityType: 'DOMAIN', VerifiedForSendingStatus: verified };
      const code = status ?? (answer === undefined ? 404 : 200);
      response.writeHead(code, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { message: 'no' }));
    });
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    return openSesClient({ region: 'us-east-1', endpoint: server.url, credentials });
  };
  const openerOf = async (ses: Ses) => {
    const client = await clientOf(ses);
    return () => Promise.resolve(client);
  };
  const inspect = async (ses: Ses) => await inspectSender(await openerOf(ses), FROM);
  const probe = async (ses: Ses) => await probeSender(await openerOf(ses));

  const cases: readonly (readonly [what: string, ses: Ses, problems: readonly SenderProblem[]])[] =
    [
      [
        'nothing, when the address is verified',
        { account: SOUND, identities: { [FROM]: true } },
        [],
      ],
      ['nothing, when its domain is', { account: SOUND, identities: { 'shop.example': true } }, []],
      [
        'that neither address nor domain is verified',
        { account: SOUND, identities: { 'shop.example': false } },
        ['NotVerified'],
      ],
      ['that it is not known at all', { account: SOUND }, ['NotVerified']],
      [
        'that the account is in the sandbox',
        { account: { ...SOUND, ProductionAccessEnabled: false }, identities: { [FROM]: true } },
        ['Sandbox'],
      ],
      [
        'that sending is paused',
        { account: { ...SOUND, SendingEnabled: false }, identities: { [FROM]: true } },
        ['SendingDisabled'],
      ],
      ['that this endpoint cannot tell', {}, ['NotSupported']],
    ];
  for (const [what, ses, problems] of cases) {
    it(`finds ${what}`, async () => {
      expect(await inspect(ses)).to.deep.equal(ok(problems));
    });
  }

  it('reports that SES does not answer', async () => {
    const failed = (await inspect({ account: SOUND, status: 503 })).mapErr(({ type }) => type);
    expect(failed.isErr() && failed.error).to.equal('Unavailable');
  });

  it('asks of the account alone whether anything can be sent', async () => {
    expect(await probe({ account: SOUND })).to.deep.equal(ok(undefined));
    await server?.close();
    expect(await probe({})).to.deep.equal(ok(undefined));
    await server?.close();
    const paused = await probe({ account: { ...SOUND, SendingEnabled: false } });
    expect(paused.isErr() && paused.error).to.include({
      type: 'Misconfigured',
      dependency: 'Notifier',
    });
  });
});
