import * as z from 'zod';
import { flag, whole } from './settingTypes.ts';

/** Whether it is an address at which OTLP is spoken; a path may be before `/v1/traces`. */
const isEndpoint = (text: string): boolean => {
  const url = URL.parse(text);
  const isPlain = url?.username === '' && url.password === '' && url.search === '';
  return isPlain && url.hash === '' && /^https?:$/.test(url.protocol);
};

/** Headers are `name=value`, parted by commas; a value may be percent-encoded. */
const HEADERS = /^\s*[!#$%&'*+.^`|~\w-]+\s*=[^,]*(?:,\s*[!#$%&'*+.^`|~\w-]+\s*=[^,]*){0,31}$/;
const RESOURCE = /^\s*[^,=\s]+\s*=[^,=]*(?:,\s*[^,=\s]+\s*=[^,=]*){0,63}$/;

const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
};

/** OpenTelemetry's own variables, of which the SDK itself ignores a mistake. */
export const tracingSchemas = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .refine(isEndpoint, 'is not an address of the form http(s)://host[:port][/path]')
    .optional()
    .describe('Set it to the address of a collector, such as http://127.0.0.1:4318.')
    .meta({ title: 'where spans are sent, by OTLP over HTTP; without it there is no tracing' }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z
    .string()
    .refine(isEndpoint, 'is not an address of the form http(s)://host[:port][/path]')
    .optional()
    .describe('Set it to the whole address, such as http://127.0.0.1:4318/v1/traces.')
    .meta({ title: 'the whole address for spans, in place of `/v1/traces` at the one above' }),
  OTEL_SDK_DISABLED: flag('true: no tracing, whatever the others say'),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .enum(['http/protobuf', 'http/json'], 'is neither http/protobuf nor http/json')
    .default('http/protobuf')
    .describe('Take it away, and name the port of OTLP over HTTP as the endpoint, mostly 4318.')
    .meta({ title: 'how spans are encoded' }),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .refine((text) => HEADERS.test(text) && isDecodable(text), 'is not a list of name=value')
    .optional()
    .describe('Set it to name=value, several parted by commas, or take it away.')
    .meta({ title: 'what the collector wants to see with each request, such as a key' }),
  OTEL_EXPORTER_OTLP_TIMEOUT: whole('milliseconds that the collector has to answer', {
    min: 1,
    max: 60_000,
    preset: 10_000,
  }),
  OTEL_SERVICE_NAME: z
    .string()
    .regex(/^[^\p{C}]{1,255}$/u, 'is not a name of 1 to 255 characters')
    .default('paidonce')
    .describe('Set it to a name, or take it away for paidonce.')
    .meta({ title: 'name of the service in traces' }),
  OTEL_RESOURCE_ATTRIBUTES: z
    .string()
    .refine((text) => RESOURCE.test(text) && isDecodable(text), 'is not a list of name=value')
    .optional()
    .describe('Set it to such as deployment.environment.name=staging, or take it away.')
    .meta({ title: 'further attributes of the process, in every span' }),
  OTEL_TRACES_SAMPLER: z
    .enum(
      [
        'always_on',
        'always_off',
        'traceidratio',
        'parentbased_always_on',
        'parentbased_always_off',
        'parentbased_traceidratio',
      ],
      'is none of the samplers of OpenTelemetry',
    )
    .default('parentbased_always_on')
    .describe('Set it to such as parentbased_traceidratio, or take it away for all traces.')
    .meta({ title: 'which traces are recorded' }),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .default('1')
    .refine((text) => /^(?:0|1|[01]?\.\d{1,9}|1\.0{1,9})$/.test(text) && Number(text) <= 1, {
      message: 'is not a number from 0 to 1',
    })
    .transform(Number)
    .describe('Set it to such as 0.05, or take it away for all.')
    .meta({ title: 'share of the traces for a sampler by ratio' }),
  OTEL_BSP_MAX_QUEUE_SIZE: whole('spans that wait to be sent; further ones are lost', {
    min: 1,
    max: 100_000,
    preset: 2_048,
  }),
  OTEL_BSP_SCHEDULE_DELAY: whole('milliseconds until waiting spans are sent', {
    min: 1,
    max: 60_000,
    preset: 5_000,
  }),
};
