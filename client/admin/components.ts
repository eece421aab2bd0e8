import {
  type Component,
  type ComponentQuery,
  type ComponentsView,
  viewedComponents,
} from '../../core/policy/component-view.ts';
import type { SignedCall } from './signed-call.ts';

export type { Component, ComponentQuery, ComponentsView };

export type ComponentAdmin = {
  /** What there is to reuse as far as the caller may see it: tools, steps, systems and rules, and who leans on each. */
  components(query?: ComponentQuery): Promise<ComponentsView>;
};

export const componentAdmin = (call: SignedCall): ComponentAdmin => ({
  components: async (query = {}) => {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, value);
    return viewedComponents.parse(await call('GET', `/v1/components?${search.toString()}`));
  },
});
