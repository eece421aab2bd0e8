/**
 * A stand-in for a model, so that the recipe runs without one: it calls for the same three tools whatever it is told,
 * each in the shape of Anthropic's Messages, and then repeats what it was told last.
 */
export function scriptedModel() {
  const script = [
    {
      name: 'erp__get_quotes',
      input: { category: 'office', vendor: 'Contoso Paper', price: '6.20', currency: 'USD' },
    },
    { name: 'erp__get_budget', input: { unit: 'facilities', __purpose: 'Know what may still be spent' } },
    { name: 'erp__pay_everyone', input: {} },
  ];
  let turn = 0;
  return async (request: { readonly tools: readonly object[]; readonly messages: readonly Message[] }) => {
    const call = script[turn];
    turn += 1;
    const last = request.messages.at(-1)?.content;
    const content = call
      ? [{ type: 'tool_use', id: `toolu_${turn}`, ...call }]
      : [{ type: 'text', text: `I was told: ${JSON.stringify(last)}` }];
    return { content, stop_reason: call ? 'tool_use' : 'end_turn' };
  };
}

export type Message = { readonly role: 'user' | 'assistant'; readonly content: unknown };
