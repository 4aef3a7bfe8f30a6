import { expect } from 'chai';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { chooseFreePorts } from '../../src/adapters/embedded/server.ts';
import { openEmbedded } from '../../src/bootstrap/embedded.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';

describe('PAIDONCE_SERVERS_PORT', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  beforeEach(async () => {
    folder = await makeTemporaryFolder();
  });
  afterEach(() => folder.remove());

  const openAt = (port: string) =>
    openEmbedded({
      PAIDONCE_DATA_DIR: join(folder.path, 'data'),
      PAIDONCE_SERVERS_PORT: port,
    });

  it('is the first of five ports, and the settings name them', async () => {
    // Another program may have one of the four behind it: then another is tried.
    const { first, opened } = await until('five ports in a row are free', async (see) => {
      const [port = 0] = await chooseFreePorts(1);
      const tried = await openAt(String(port));
      if (tried.isOk()) return { first: port, opened: tried.value };
      see(tried.error);
      return undefined;
    });
    await opened.close();

    const ports = Object.values(opened.addresses).map((address) => Number(new URL(address).port));
    expect(ports).to.deep.equal([0, 1, 2, 3, 4].map((index) => first + index));
    expect(opened.settings.STRIPE_API_URL).to.equal(opened.addresses.stripe);
  });

  it('is refused where it is no port with four more behind it', async () => {
    for (const port of ['80', '65532', '-1', '1e4', ' ', 'http']) {
      const refusal = (await openAt(port))._unsafeUnwrapErr();
      expect(refusal, port).to.equal(
        'PAIDONCE_SERVERS_PORT has to be a number from 1024 to 65531.',
      );
    }
  });
});
