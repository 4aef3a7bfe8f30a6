import { trace, TraceFlags, type Link } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace';

export type SamplerChoice = {
  /** As `OTEL_TRACES_SAMPLER` names it. */
  readonly sampler:
    | 'always_on'
    | 'always_off'
    | 'traceidratio'
    | 'parentbased_always_on'
    | 'parentbased_always_off'
    | 'parentbased_traceidratio';
  /** The share of traces, 0 … 1, for the samplers by ratio. */
  readonly ratio: number;
};

export const samplerOf = ({ sampler, ratio }: SamplerChoice): Sampler => {
  switch (sampler) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio);
    case 'parentbased_always_on':
      return followed(new AlwaysOnSampler());
    case 'parentbased_always_off':
      return followed(new AlwaysOffSampler());
    case 'parentbased_traceidratio':
      return followed(new TraceIdRatioBasedSampler(ratio));
  }
};

/**
 * Based on the parent, and where links stand in place of one, on what is linked: so an order is
 * traced as a whole or not at all, although each of its messages begins a trace.
 */
const followed = (root: Sampler): Sampler => {
  const byParent = new ParentBasedSampler({ root });
  return {
    shouldSample: (...asked) => {
      const [context] = asked;
      const links = asked[5];
      if (trace.getSpanContext(context) !== undefined || links.length === 0) {
        return byParent.shouldSample(...asked);
      }
      const { RECORD_AND_SAMPLED, NOT_RECORD } = SamplingDecision;
      return { decision: links.some(isSampled) ? RECORD_AND_SAMPLED : NOT_RECORD };
    },
    toString: () => `Followed{${root.toString()}}`,
  };
};

const isSampled = ({ context: { traceFlags } }: Link): boolean =>
  (traceFlags & TraceFlags.SAMPLED) !== 0;
