import { Result } from 'neverthrow';
import type { Json, JsonObject } from '../../domain/codec.ts';

export type { Json, JsonObject };

/** The error never quotes the text, which may hold what must not be logged. */
export const parseJson = Result.fromThrowable(
  (text: string): Json => JSON.parse(text),
  () => 'is not JSON' as const,
);

/** Whether a value that is known to be JSON is an object. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
