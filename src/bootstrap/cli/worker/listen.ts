import { err, ok, type Result } from 'neverthrow';
import { STRIPE_CALLS } from '../../../adapters/stripe/webhookCalls.ts';
import type { EmbeddedStack } from '../../embedded.ts';
import type { RunningService } from '../../worker.ts';
import type { Session } from '../common/command.ts';
import { misconfigured, type CliFailure } from '../common/failure.ts';
import { createSandboxApi } from '../sandbox/sandboxApi.ts';

/** Starts to listen for every service that does, before anything is taken. */
export const listen = async (
  services: readonly RunningService[],
  { output, embedded }: Pick<Session, 'output'> & { readonly embedded: EmbeddedStack | undefined },
): Promise<Result<void, CliFailure>> => {
  for (const { name, open } of services) {
    if (open === undefined) continue;
    const opened = await open();
    if (opened.isErr()) {
      const wrong = `cannot be used: ${opened.error}`;
      const remedy =
        'Set it to a free port, and WEBHOOK_HOST to an address of this machine or to none.';
      return err(misconfigured([{ name: 'WEBHOOK_PORT', wrong, remedy }]));
    }
    const { value: port } = opened;
    output.note(`${name} service listens on port ${port}`);
    if (output.json) output.data({ event: 'worker.webhooks', port }, () => '');
    if (embedded === undefined) continue;
    const called = await letSandboxCall(embedded, port);
    if (called.isErr()) return err(called.error);
  }
  return ok();
};

/** Keeps the faults that were chosen for the worker before this one. */
const letSandboxCall = ({ addresses, settings }: EmbeddedStack, port: number) => {
  const { WEBHOOK_HOST: host, STRIPE_WEBHOOK_SECRETS: secret } = settings;
  const sandbox = createSandboxApi(addresses.stripe);
  const url = `http://${host}:${port}${STRIPE_CALLS.path}`;
  return sandbox
    .webhooks()
    .andThen(({ percent, lateMs, seed, url: before }) =>
      sandbox.setWebhooks({ url, secret, ...(before !== null && { percent, lateMs, seed }) }),
    );
};
