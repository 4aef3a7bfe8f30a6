import { expect } from 'chai';
import { whatHappened } from '../../../src/bootstrap/cli/common/eventTexts.ts';
import { differenceFound } from '../../support/gatewayEvents.ts';

describe('the text of an event', () => {
  it('says of a finding which refund was found, and upon what', () => {
    const text = (event: string, refund: string): string =>
      whatHappened(differenceFound({ event, refund }), 'EUR');
    const found = 'a refund was found that was not requested here';
    expect(text('evt_1', 're_9')).to.equal(`${found}, re_9, upon evt_1`);
    expect(text('', 're_9')).to.equal(`${found}, re_9`);
    // As a release before R27 has stored it.
    expect(text('evt_1', '')).to.equal(`${found}, upon evt_1`);
  });
});
