import { expect } from 'chai';
import { outcomeOfConfirmAnswer } from '../../../src/adapters/stripe/confirmations.ts';
import { isHttpsUrl } from '../../../src/domain/httpsUrl.ts';

const answer = (changes: object = {}) => ({
  id: 'pi_1',
  object: 'payment_intent',
  status: 'requires_action',
  amount: 4_758,
  amount_received: 0,
  currency: 'eur',
  ...changes,
});

const redirect = (url: unknown) => ({
  next_action: { type: 'redirect_to_url', redirect_to_url: { url, return_url: 'x' } },
});

const LINK = 'https://hooks.stripe.com/3d_secure_2/hosted?merchant=acct_1&payment_intent=pi_1';

describe('the answer to a confirmation', () => {
  it('has the link by which the customer authenticates it', () =>
    expect(outcomeOfConfirmAnswer(answer(redirect(LINK)))).to.deep.equal({
      type: 'CustomerAwaited',
      reference: 'pi_1',
      link: LINK,
    }));

  const without: readonly [string, object][] = [
    ['what a browser’s SDK would do', { next_action: { type: 'use_stripe_sdk' } }],
    ['nothing at all', { next_action: null }],
    ['an address without encryption', redirect('http://hooks.stripe.com/x')],
    ['a script', redirect('javascript:alert(1)')],
    ['what could end a link in a mail', redirect('https://hooks.stripe.com/"><b>')],
    ['no text', redirect(7)],
    ['what is too long for any mail', redirect(`https://hooks.stripe.com/${'x'.repeat(2_000)}`)],
  ];
  for (const [what, changes] of without) {
    it(`is a refusal where it names ${what}: the payment is cancelled then`, () =>
      expect(outcomeOfConfirmAnswer(answer(changes))).to.deep.equal({
        type: 'NotExecuted',
        reason: 'no link to authenticate by',
        refused: 'no_link',
      }));
  }

  it('is that to a charge in any other status', () => {
    const paid = answer({ status: 'succeeded', amount_received: 4_758 });
    expect(outcomeOfConfirmAnswer(paid).type).to.equal('Captured');
    expect(outcomeOfConfirmAnswer(answer({ status: 'processing' })).type).to.equal('UnderWay');
    expect(outcomeOfConfirmAnswer(answer({ status: 'of tomorrow' })).type).to.equal('Unknown');
    expect(outcomeOfConfirmAnswer(undefined).type).to.equal('Unknown');
  });
});

describe('an https URL', () => {
  for (const url of [LINK, 'https://shop.example', 'https://[::1]:8443/a?b=c%20d']) {
    it(`is ${url}`, () => expect(isHttpsUrl(url)).to.equal(true));
  }

  for (const url of [
    '',
    'shop.example',
    'http://shop.example',
    'https://',
    'https://ada@shop.example/',
    'https://shop.example/#top',
    'https://shop.example/a b',
    'https://shop.example/\nBcc:',
    'https://bücher.example/',
    "https://shop.example/'",
  ]) {
    it(`is not ${JSON.stringify(url)}`, () => expect(isHttpsUrl(url)).to.equal(false));
  }
});
