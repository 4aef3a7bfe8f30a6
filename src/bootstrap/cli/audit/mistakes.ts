import { shareMistakes } from '../common/share.ts';
import type { AuditCommandOptions } from './run.ts';

/** The options for what a bundle cannot hold, or has in it already. */
const NOT_OFFLINE = ['embedded', 'queues', 'gateway', 'export', 'grace', 'maxRcu'] as const;

/** Each of them is for a share, or says what the parts say already. */
const NOT_JOINED = [
  'segments',
  'maxRcu',
  'share',
  'part',
  'grace',
  'queues',
  'gateway',
  'gatewaySince',
  'foreignPayments',
  'export',
  'offline',
  'manifestSha256',
] as const;

const because = (isMistaken: boolean, why: string): readonly string[] => (isMistaken ? [why] : []);

/** Why these options do not go together, each in a sentence. */
export const mistakesIn = (
  options: AuditCommandOptions,
  isGiven: (name: string) => boolean,
): readonly string[] => {
  const { offline, gateway, queues } = options;
  const isOffline = offline !== undefined;
  return [
    ...because(
      isOffline && NOT_OFFLINE.some(isGiven),
      '--offline goes without the others: the bundle says what is checked, and how.',
    ),
    ...because(
      !isOffline && options.manifestSha256 !== undefined,
      '--manifest-sha256 is for --offline.',
    ),
    ...because(
      gateway !== true &&
        (options.gatewaySince !== undefined || options.foreignPayments !== undefined),
      '--gateway-since and --foreign-payments are for --gateway.',
    ),
    ...because(
      options.export !== undefined && queues === true,
      '--export holds no queues, so that its findings could not be found again: run ' +
        '--queues by itself.',
    ),
    ...mistakesOfShares(options, isGiven),
  ];
};

const mistakesOfShares = (
  { share, segments, part, join, export: folder, offline }: AuditCommandOptions,
  isGiven: (name: string) => boolean,
): readonly string[] => [
  ...because(
    join !== undefined && NOT_JOINED.some(isGiven),
    '--join goes without the others: the parts say what is checked, and how.',
  ),
  ...because(part !== undefined && share === undefined, '--part is for --share.'),
  ...shareMistakes(share, segments).map((why) => `${why}.`),
  ...because(
    share !== undefined && folder !== undefined,
    '--share and --export exclude each other: evidence is what one process has read.',
  ),
  ...because(
    share !== undefined && offline !== undefined,
    '--share and --offline exclude each other: the files are read by one process.',
  ),
];
