import { ResultAsync } from 'neverthrow';
import { aheadText } from '../../application/series/openSeries.ts';
import { createSeriesLog } from '../../application/series/seriesLog.ts';
import { declaredSeries } from '../../application/orders/dependencies.ts';
import { loadRegistry, refusedText } from '../../application/registry/seriesRegistry.ts';
import { differences, loadUsedSettings } from '../../application/registry/usedSettings.ts';
import type { LoadError } from '../../application/ports/eventStore.ts';
import { register, type SeriesDeclaration, type Registry } from '../../domain/registry/index.ts';
import * as Series from '../../domain/series/index.ts';
import type { Services } from '../tokens.ts';
import { fine, note, problem, type DoctorFinding } from './finding.ts';

export const PROTOCOL_USES = {
  services: ['store', 'ids', 'clock', 'rules', 'clockSkewMaxMs', 'calendar', 'protocolSettings'],
} as const;

/**
 * Whether a worker with these settings would number documents as the log wants it, and whether
 * other workers have the same. If the table cannot be read at all, another check says so.
 */
export const examineProtocol = async (
  services: Pick<Services, (typeof PROTOCOL_USES.services)[number]>,
): Promise<readonly DoctorFinding[]> => {
  const {
    store,
    ids,
    clock,
    rules,
    clockSkewMaxMs: skewMaxMs,
    calendar,
    protocolSettings,
  } = services;
  const known = await loadRegistry(store);
  if (known.isErr()) return failureOf('series', known.error);
  const { registry } = known.value;
  const ends = await ResultAsync.combine(
    declaredSeries(rules).map((declared) =>
      createSeriesLog(declared.series, { store, ids })
        .head()
        .map((head) => {
          const now = clock.now();
          const isAhead = Series.isAhead(head.state, { now, skewMaxMs });
          return seriesFinding(declared, registry, {
            number: Series.goesOn(head.state, now, calendar),
            ahead: isAhead ? aheadText(declared.series, head, now) : undefined,
          });
        }),
    ),
  );
  if (ends.isErr()) return failureOf('series', ends.error);
  const used = await loadUsedSettings(store);
  if (used.isErr()) return failureOf('settings', used.error);
  return [...ends.value, ...settingsFindings(protocolSettings, used.value)];
};

const failureOf = (subject: string, error: LoadError): readonly DoctorFinding[] => {
  if (error.type !== 'CorruptStream') return [];
  const { streamId, version, why } = error;
  const what = `cannot be used: ${streamId}, version ${version}: ${why}`;
  return [problem(subject, what, 'Nothing is numbered before a person has looked at that stream.')];
};

const seriesFinding = (
  declared: SeriesDeclaration,
  registry: Registry,
  {
    number: { year, next },
    ahead,
  }: {
    readonly number: { readonly year: number; readonly next: number };
    readonly ahead: string | undefined;
  },
): DoctorFinding => {
  const subject = `series ${declared.series}`;
  const wrong = register(registry, declared, 0).match(
    () => ahead,
    (refused) => refusedText(refused),
  );
  if (wrong !== undefined) {
    return problem(subject, `cannot be used: ${wrong}`, 'A worker with these settings pauses.');
  }
  const print = Series.textOf(declared.format);
  return registry.has(declared.series)
    ? fine(subject, `is printed as ${print}, and goes on with ${next} in ${year}`)
    : note(subject, `will be printed as ${print} for ever, from the first worker on`);
};

const settingsFindings = (
  mine: Services['protocolSettings'],
  used: { readonly settings: Readonly<Record<string, string>>; readonly at: number } | undefined,
): readonly DoctorFinding[] => {
  if (used === undefined) return [note('workers', 'have recorded no settings yet')];
  const since = new Date(used.at).toISOString();
  const differing = differences(mine, used.settings);
  if (differing.length === 0) return [fine('workers', `have these settings since ${since}`)];
  return differing.map((name) =>
    problem(
      `setting ${name}`,
      `is ${mine[name] ?? 'unknown'} here, and ${used.settings[name] ?? 'unknown'} where ` +
        `a worker began at ${since}`,
      'Give every worker the same, and restart those that have another.',
    ),
  );
};
