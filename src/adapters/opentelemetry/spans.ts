import {
  context,
  type SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Link,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { ResultAsync, type Result } from 'neverthrow';
import { CONVENTIONS } from './conventions.ts';

export type SpanPlan = {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly links?: readonly Link[];
  /** Whether it begins a trace of its own, whatever is under way. */
  readonly isRoot?: true;
};

/** Makes the spans of work. */
export type Spans = {
  /** The span is that of the work while it runs, and ends with it. */
  during<T>(plan: SpanPlan, work: (span: Span) => Promise<T>): Promise<T>;
  /** The same for a call whose errors are values; each shows its type, and nothing of its text. */
  call<T, E extends { readonly type: string }>(
    plan: SpanPlan,
    work: (span: Span) => ResultAsync<T, E>,
    describe?: (value: T, span: Span) => void,
  ): ResultAsync<T, E>;
};

/** A fixed word, such as the type of an error: its text may quote what a customer wrote. */
export const showError = (span: Span, type: string): void => {
  span.setAttribute(CONVENTIONS.errorType, type);
  span.setStatus({ code: SpanStatusCode.ERROR });
};

export const createSpans = (tracer: Tracer): Spans => {
  const during = async <T>(
    { name, kind, attributes, links = [], isRoot }: SpanPlan,
    work: (span: Span) => Promise<T>,
  ): Promise<T> => {
    const options = { kind, attributes, links: [...links], root: isRoot === true };
    const span = tracer.startSpan(name, options);
    try {
      return await context.with(trace.setSpan(context.active(), span), () => work(span));
    } catch (thrown) {
      showError(span, thrown instanceof Error ? thrown.name : '_OTHER');
      throw thrown;
    } finally {
      span.end();
    }
  };
  return {
    during,
    call: <T, E extends { readonly type: string }>(
      plan: SpanPlan,
      work: (span: Span) => ResultAsync<T, E>,
      describe?: (value: T, span: Span) => void,
    ) =>
      new ResultAsync<T, E>(
        during<Result<T, E>>(plan, async (span) => {
          const result = await work(span);
          result.match(
            (value) => describe?.(value, span),
            ({ type }) => showError(span, type),
          );
          return result;
        }),
      ),
  };
};

/** A span whose work was done before anybody knew that it had any to show. */
export const spanSince = (
  tracer: Tracer,
  startTime: number,
  { name, kind, attributes, links = [] }: Omit<SpanPlan, 'isRoot'>,
): Span => {
  const span = tracer.startSpan(name, {
    kind,
    attributes,
    links: [...links],
    root: true,
    startTime,
  });
  span.end();
  return span;
};
