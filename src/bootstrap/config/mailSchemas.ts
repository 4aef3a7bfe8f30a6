import * as z from 'zod';
import { LANGUAGE_TAGS } from '../../application/language/languages.ts';
import { isMailAddress, mailboxOf } from '../../domain/mailAddress.ts';
import { whole } from './settingTypes.ts';
import { NOTIFICATION_LEASE_MS } from './timeBounds.ts';

/**
 * A link has `{orderId}` or `{number}` in its path or query, and nothing that a link cannot have.
 */
const isLinkTemplate = (text: string): boolean => {
  const filled = text.replaceAll(/\{(?:orderId|number)\}/g, 'x');
  const url = URL.parse(filled);
  const isPlain = url?.username === '' && url.password === '' && !/[\s{}<>"]/.test(filled);
  const varies = /^https?:\/\/[^/{}]+\/.*\{(?:orderId|number)\}/.test(text);
  return isPlain && varies && text.length <= LINK_CHARACTERS_MAX;
};

/** With this maximum the link fits a line of a mail with an order's id and a number. */
const LINK_CHARACTERS_MAX = 400;

/** The sender of mail, and what customers get in which language. */
export const mailSchemas = {
  MAIL_FROM: z
    .string()
    .refine(isMailAddress, 'is not one plain mail address')
    .transform((text) => mailboxOf(text) ?? text)
    .describe('Set it to an address that SES has verified, such as receipts@example.com.')
    .meta({ title: 'sender of all mail' }),
  NOTIFICATION_LEASE_MS: whole(
    'from a claim to notify a customer until another may notify instead',
    {
      min: 10_000,
      max: 3_600_000,
      preset: NOTIFICATION_LEASE_MS,
    },
  ),
  DEFAULT_LANGUAGE: z
    .enum(LANGUAGE_TAGS, `is none of ${LANGUAGE_TAGS.join(', ')}`)
    .default('en')
    .describe(`Set it to one of ${LANGUAGE_TAGS.join(', ')}, or take it away for en.`)
    .meta({ title: 'language of customers whose order names none that there is' }),
  INVOICE_DELIVERY: z
    .enum(['attach', 'link', 'none'], 'is none of attach, link, none')
    .default('none')
    .describe('Set it to attach, link or none, or take it away for none.')
    .meta({ title: 'how the mails bring invoices and credit notes beside their own text' }),
  INVOICE_LINK: z
    .string()
    .refine(isLinkTemplate, 'is not a web address with {orderId} or {number} behind its host')
    .optional()
    .describe('Set it to such as https://shop.example/invoices/{orderId}, or take it away.')
    .meta({ title: 'where a customer finds a document: the page of the shop for it' }),
};
