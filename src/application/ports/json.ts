import { Result } from 'neverthrow';
import type { Json, JsonObject } from '../../domain/codec.ts';

export type { Json, JsonObject };

/** The error never quotes the text, which may hold what must not be logged. */
export const parseJson = Result.fromThrowable(
  (text: string): Json => JSON.parse(text),
  () => 'is not JSON' as const,
);

/** For a value that is known to be JSON: then being an object is all there is to check. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
