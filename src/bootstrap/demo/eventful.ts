import type { Timeline } from '../../application/trace/timeline.ts';
import { toTimeline } from '../cli/trace/toTimeline.ts';
import type { Config } from '../config.ts';
import { createContainer } from '../container.ts';
import { application } from '../modules/application.ts';
import { aws } from '../modules/aws.ts';
import type { Act } from './scenario.ts';

/** The life with the most steps. Dead letters are looked at elsewhere, and are of none of these orders. */
export const mostEventful = async (
  config: Config,
  acts: readonly Act[],
): Promise<Timeline | undefined> => {
  const { get } = createContainer(application, aws({ service: 'demo' }), config);
  const [collect, recordLog] = [get('collectTrace'), get('recordLog')];
  const lives = await Promise.all(
    acts.map(async ({ order }) => toTimeline(await collect(order.orderId, { recordLog }))),
  );
  return lives.toSorted((one, other) => other.steps.length - one.steps.length)[0];
};
