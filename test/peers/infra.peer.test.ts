import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createSqsClient } from '../../src/adapters/aws/clients.ts';
import { resourceNames } from '../../src/bootstrap/resourceNames.ts';
import { jsonLines } from '../support/cli.ts';
import { createStack } from '../support/cloudFormation.ts';
import { openPeerEnvironment, PEER_CREDENTIALS, PEER_REGION } from '../support/peerEnvironment.ts';
import { peerUrl } from '../support/peerUrl.ts';
import { runProcess } from '../support/process.ts';
import {
  installInfra,
  synthesize,
  type Template,
  type TemplateResource,
} from '../support/templates.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';

const run = promisify(execFile);

describe('The templates of infra/, as others read them', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let peers: Awaited<ReturnType<typeof openPeerEnvironment>>;

  before(async () => {
    folder = await makeTemporaryFolder();
    peers = await openPeerEnvironment();
    await installInfra();
    const context = { stage: 'prod' };
    const eventSource = 'aws.partner/stripe.com/ed_test';
    await synthesize([
      { out: `${folder.path}/lambda`, context, isChecked: false },
      {
        out: `${folder.path}/ecs`,
        context: {
          ...context,
          eventSource,
          flavour: 'ecs',
          image: 'example.com/paidonce:1',
          customerKeys: 'true',
        },
        isChecked: false,
      },
    ]);
  });
  after(async () => {
    await peers.close();
    await folder.remove();
  });

  const templateOf = (flavour = 'lambda'): Template =>
    JSON.parse(
      readFileSync(`${folder.path}/${flavour}/paidonce-prod-data.json`, 'utf8'),
    ) as Template;

  for (const flavour of ['lambda', 'ecs']) {
    it(`have no fault that cfn-lint knows, for ${flavour}`, async () => {
      const from = `${folder.path}/${flavour}`;
      expect(await lint(readdirSync(from).map((name) => join(from, name)))).to.equal('');
    });
  }

  it('have one as soon as an action of a policy does not exist', async () => {
    const from = readFileSync(`${folder.path}/lambda/paidonce-prod-services.json`, 'utf8');
    const path = join(folder.path, 'wrong.json');
    writeFileSync(path, from.replaceAll('dynamodb:PartiQLInsert', 'dynamodb:PartiqlInsrt'));

    expect(await lint([path])).to.include('W3037');
  });

  describe('deployed to moto', () => {
    /** The environment of a deployment of this name, all of it there. */
    const envOf = (name: string): Readonly<Record<string, string>> => {
      const moto = peerUrl('PEER_MOTO_URL');
      const { LOG_GROUP, EVENTS_TABLE, INVOICES_TABLE, KEYS_TABLE, ...queues } =
        resourceNames(name);
      const urls = Object.entries(queues).map(([setting, queue]) => [
        setting,
        `${moto}/123456789012/${queue}`,
      ]);
      return {
        ...peers.env,
        STRIPE_WEBHOOK_SECRETS: `whsec_${'w'.repeat(32)}`,
        ...Object.fromEntries(urls),
        AWS_ENDPOINT_URL_SQS: moto,
        AWS_ENDPOINT_URL_DYNAMODB: moto,
        LOG_GROUP,
        EVENTS_TABLE,
        INVOICES_TABLE,
        KEYS_TABLE,
      };
    };
    const findings = async (name: string) => {
      const { stdout } = await runProcess(['doctor', '--json'], { env: envOf(name) });
      const found = jsonLines(stdout);
      expect(found.filter(({ status }) => status === 'ok')).to.have.length.above(5);
      return found.map(({ status, subject, what }) => ({
        status,
        subject,
        text: `${String(subject)} ${String(what)}`,
      }));
    };
    const problems = async (name: string): Promise<readonly string[]> =>
      (await findings(name)).flatMap(({ status, text }) => (status === 'problem' ? [text] : []));
    /** Another name for each test: moto keeps what it has. */
    const deploy = async (
      name: string,
      change: (template: Template) => Template,
      from = templateOf(),
    ) => {
      const changed = withoutWhatBreaksMoto(change(from));
      const text = JSON.stringify(changed).replaceAll('paidonce-prod', name);
      const template = JSON.parse(text) as Template;
      await createStack(peerUrl('PEER_MOTO_URL'), { name, template });
      await setQueuePolicies(template);
    };
    // moto leaves out what a template says of point-in-time recovery and of time to live.
    const notByMoto = (name: string): readonly string[] => [
      `table ${name}-events cannot be restored to a point in time`,
      `table ${name}-keys cannot be restored to a point in time`,
      `table ${name}-keys keeps keys beyond the time that the law wants`,
    ];
    // It is an append, which moto cannot take.
    const LEFT_TO_SETUP = 'deployment has no id yet';

    it('are found right by doctor, but for what moto leaves out', async () => {
      const name = 'right-prod';
      await deploy(name, (template) => template);

      expect(await problems(name)).to.have.members([...notByMoto(name), LEFT_TO_SETUP]);
    });

    it('are found wrong where a queue takes requests without TLS', async () => {
      const name = 'open-prod';
      await deploy(name, ({ Resources }) => ({
        Resources: Object.fromEntries(
          Object.entries(Resources).filter(
            ([, { Type, Properties }]) =>
              Type !== 'AWS::SQS::QueuePolicy' ||
              queuesOf(Properties, Resources)[0] !== 'paidonce-prod-payments-dlq',
          ),
        ),
      }));

      expect((await problems(name)).filter((text) => text.includes('TLS'))).to.deep.equal([
        'payments queue’s dead-letter queue takes requests without TLS',
      ]);
    });

    it('are encrypted by one key, where the customer brings it', async () => {
      const name = 'keyed-prod';
      await deploy(name, withKeysForMoto, templateOf('ecs'));

      const [encryption] = (await findings(name)).filter(({ subject }) => subject === 'encryption');
      expect(encryption?.text).to.match(
        /^encryption of queues and tables is by arn:aws:kms:us-east-1:123456789012:key\/[-\w]+$/,
      );
    });

    it('are found wrong where a queue hides messages for too short a time', async () => {
      const name = 'wrong-prod';
      await deploy(name, (template) => ({
        ...template,
        Resources: Object.fromEntries(
          Object.entries(template.Resources).map(([id, resource]) => [
            id,
            resource.Properties?.['QueueName'] === 'paidonce-prod-payments'
              ? { ...resource, Properties: { ...resource.Properties, VisibilityTimeout: 30 } }
              : resource,
          ]),
        ),
      }));

      expect(await problems(name)).to.include(
        'payments queue VisibilityTimeout is 30 instead of 900',
      );
    });
  });
});

/** It reads tags of a key in another shape, and has no value for an output about a secret. */
const withoutWhatBreaksMoto = ({ Resources }: Template): Template => ({
  Resources: Object.fromEntries(
    Object.entries(Resources).map(([id, resource]) => {
      const { Tags: _, ...rest } = resource.Properties ?? {};
      return [id, resource.Type === 'AWS::KMS::Key' ? { ...resource, Properties: rest } : resource];
    }),
  ),
});

/** The names of the queues of a policy. */
const queuesOf = (
  properties: TemplateResource['Properties'],
  resources: Template['Resources'],
): readonly string[] =>
  (properties['Queues'] as readonly { readonly Ref: string }[]).map(({ Ref }) =>
    String(resources[Ref]?.Properties['QueueName']),
  );

/** moto makes no policies of queues: they are set as the template has them. */
const setQueuePolicies = async ({ Resources }: Template): Promise<void> => {
  const moto = peerUrl('PEER_MOTO_URL');
  const credentials = PEER_CREDENTIALS;
  const client = createSqsClient({ region: PEER_REGION, endpoint: moto, credentials });
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type !== 'AWS::SQS::QueuePolicy') continue;
    for (const name of queuesOf(Properties, Resources)) {
      const Policy = JSON.stringify(Properties['PolicyDocument']).replaceAll(
        /\{"Fn::GetAtt":\["\w+","Arn"\]\}/g,
        `"arn:aws:sqs:${PEER_REGION}:123456789012:${name}"`,
      );
      const QueueUrl = `${moto}/123456789012/${name}`;
      await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    }
  }
  client.destroy();
};

/** It makes no bus of a partner, and reads the name that the API has for `SSEEnabled`. */
const withKeysForMoto = ({ Resources }: Template): Template => ({
  Resources: Object.fromEntries(
    Object.entries(Resources).flatMap(([id, resource]) => {
      if (resource.Type.startsWith('AWS::Events::')) return [];
      const { SSESpecification: sse, ...rest } = resource.Properties ?? {};
      if (sse === undefined) return [[id, resource]];
      const { SSEEnabled: Enabled, ...key } = sse as Readonly<Record<string, unknown>>;
      const Properties = { ...rest, SSESpecification: { ...key, Enabled } };
      return [[id, { ...resource, Properties }]];
    }),
  ),
});

/** What it says, and nothing where it finds nothing. */
const lint = async (paths: readonly string[]): Promise<string> => {
  const { PEER_CFN_LINT: program } = process.env;
  if (program === undefined) throw new Error('PEER_CFN_LINT is not set: run test/peers/start');
  // W3005: CDK names what has to be there before, even where a reference says so.
  const args = ['--ignore-checks', 'W3005', '--template', ...paths];
  const { stdout, stderr } = await run(program, args).catch((error: unknown) => error as Lint);
  return stdout + stderr;
};

type Lint = { readonly stdout: string; readonly stderr: string };
