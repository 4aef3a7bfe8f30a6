import { readFileSync } from 'node:fs';

type Partition = {
  readonly id: string;
  readonly regions: object;
  readonly outputs: { readonly dnsSuffix: string; readonly dualStackDnsSuffix: string };
};

/** The SDK's own list, which it exports to nobody. */
export const partitionsOf = (): readonly Partition[] => {
  const file = '@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js';
  const text = readFileSync(new URL(`../../node_modules/${file}`, import.meta.url), 'utf8');
  const [, list = ''] = /partitionsInfo = ([^]*);\s*$/u.exec(text) ?? [];
  return (JSON.parse(list) as { readonly partitions: readonly Partition[] }).partitions;
};

/** All of a partition's, but those of services without a region, such as IAM: aws-global. */
export const regionsOf = ({ regions }: Partition): readonly string[] =>
  Object.keys(regions).filter((region) => !region.endsWith('-global'));
