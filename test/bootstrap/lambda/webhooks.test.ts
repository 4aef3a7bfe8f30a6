import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { parseConfig } from '../../../src/bootstrap/config.ts';
import { createWebhooksFunction } from '../../../src/bootstrap/lambda/functions.ts';
