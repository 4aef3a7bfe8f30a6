import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { withProfile } from '../../../src/bootstrap/config/profile.ts';
import { diagnose } from '../../../src/bootstrap/doctor/checks.ts';
import { run } from '../../support/cli.ts';
import { startProxy } from '../../support/proxy.ts';
import { startScriptedServer } from '../../support/scriptedServer.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';

type Env = Readonly<Record<string, string>>;

describe('The doctor, of what is around', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  before(async () => {
    folder = await makeTemporaryFolder();
    const place = join(folder.path, '.aws');
    await mkdir(place);
    await writeFile(
      join(place, 'config'),
      [
        '[default]',
        'region = eu-west-1',
        '[profile gov]',
        'region = us-gov-west-1',
        'use_fips_endpoint = true',
        'use_dualstack_endpoint = true',
        '[profile odd]',
        'use_fips_endpoint = perhaps',
      ].join('\n'),
    );
    await writeFile(
      join(place, 'credentials'),
      ['[sovereign]', 'region = eusc-de-east-1', '[gov]', 'use_fips_endpoint = false'].join('\n'),
    );
  });
  after(() => folder.remove());

  /** The findings about one subject, as one text each. */
  const findings = async (given: Env, about: string): Promise<readonly string[]> => {
    const { env, profile } = await withProfile({ HOME: folder.path, ...given });
    return (await diagnose(env, { profile }))
      .filter(({ subject }) => subject === about)
      .map(({ status, what }) => `${status}: ${what}`);
  };

  it('says which region it is, and from where', async () => {
    const regions: readonly [Env, string][] = [
      [{}, 'eu-west-1, from the AWS profile default'],
      [{ AWS_PROFILE: 'gov' }, 'us-gov-west-1, from the AWS profile gov'],
      [{ AWS_PROFILE: 'sovereign' }, 'eusc-de-east-1, from the AWS profile sovereign'],
      [{ AWS_DEFAULT_REGION: 'us-east-2' }, 'us-east-2, from AWS_DEFAULT_REGION'],
      [
        { AWS_DEFAULT_REGION: 'us-east-2', AWS_REGION: 'cn-north-1' },
        'cn-north-1, from AWS_REGION',
      ],
      [{ AWS_PROFILE: 'gov', AWS_REGION: 'us-isob-east-1' }, 'us-isob-east-1, from AWS_REGION'],
      [{ AWS_REGION: '' }, 'eu-west-1, from the AWS profile default'],
    ];
    for (const [env, says] of regions) {
      expect(await findings(env, 'region'), JSON.stringify(env)).to.deep.equal([`ok: is ${says}`]);
    }
    const elsewhere = { AWS_CONFIG_FILE: join(folder.path, '.aws', 'credentials') };
    expect(await findings({ ...elsewhere, AWS_PROFILE: 'nobody' }, 'setting AWS_REGION')).to.match(
      /missing/,
    );
    expect(await findings({ AWS_PROFILE: 'nobody' }, 'AWS profile')).to.deep.equal([
      'note: nobody, which AWS_PROFILE names, is in none of the files',
    ]);
  });

  it('says whether endpoints are those with FIPS, by the profile too', async () => {
    const without = ['note: are those without FIPS (AWS_USE_FIPS_ENDPOINT)'];
    const fips = 'note: are those with FIPS, which not every region and service has';
    const both = [fips, 'note: answer over IPv6 too (AWS_USE_DUALSTACK_ENDPOINT)'];
    expect(await findings({}, 'endpoints')).to.deep.equal(without);
    expect(await findings({ AWS_USE_FIPS_ENDPOINT: 'true' }, 'endpoints')).to.deep.equal([fips]);
    expect(await findings({ AWS_PROFILE: 'gov' }, 'endpoints')).to.deep.equal(both);
    const [, ipv6 = ''] = both;
    const off = { AWS_PROFILE: 'gov', AWS_USE_FIPS_ENDPOINT: 'false' };
    expect(await findings(off, 'endpoints')).to.deep.equal([...without, ipv6]);
    const odd = await findings({ AWS_PROFILE: 'odd' }, 'setting AWS_USE_FIPS_ENDPOINT');
    expect(odd).to.deep.equal(['problem: is neither true nor false']);
  });

  it('tries the way through the proxy, to SQS and to Stripe', async () => {
    const server = await startScriptedServer((response) => response.writeHead(500).end());
    const proxy = await startProxy({
      ports: { 'sqs.test': Number(new URL(server.url).port) },
    });
    try {
      const env = {
        HTTP_PROXY: proxy.url.replace('//', '//ada:secret@'),
        AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
        AWS_ACCESS_KEY_ID: 'a',
        AWS_SECRET_ACCESS_KEY: 'b',
        PAYMENTS_QUEUE_URL: 'http://sqs.test/1/payments',
        STRIPE_API_URL: 'http://stripe.test',
      };
      expect(await findings(env, 'proxy')).to.deep.equal([
        `ok: ${proxy.url} connects to sqs.test`,
        `problem: is no way to stripe.test: the proxy ${proxy.url} does not connect to ` +
          'stripe.test:80: 502 No such host',
      ]);
      expect(await findings({ ...env, NO_PROXY: 'stripe.test' }, 'proxy')).to.deep.equal([
        `ok: ${proxy.url} connects to sqs.test`,
        'note: is not used for stripe.test',
      ]);
      await proxy.close();
      const [closed = ''] = await findings(env, 'proxy');
      expect(closed).to.match(
        /^problem: is no way to sqs\.test: .*cannot be reached: ECONNREFUSED/,
      );
      expect(closed).not.to.include('secret');
      expect(await findings({}, 'proxy')).to.deep.equal([
        'note: none is set: AWS and Stripe are reached directly',
      ]);
    } finally {
      await proxy.close();
      await server.close();
    }
  });

  it('takes the region of a profile for every command', async () => {
    const env = { HOME: folder.path, AWS_PROFILE: 'gov' };
    const { stderr } = await run(['order', 'x'], { env });
    expect(stderr).to.include('EVENTS_TABLE is missing').and.not.include('AWS_REGION');
  });
});
