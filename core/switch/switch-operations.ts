import type { ApiPart } from '../operation.ts';
import { engageBody, restoreBody, restoredSwitch, viewedSwitch, viewedSwitches } from './switch-view.ts';

/** The kill switch. */
export const switchApi: ApiPart = {
  tag: 'Kill switch',
  says: 'Stops everything, a unit, a role, an agent, a tool or a workflow; restoring takes two people.',
  schemas: {
    SwitchRequest: engageBody,
    RestoreRequest: restoreBody,
    Switch: viewedSwitch,
    Switches: viewedSwitches,
    RestoredSwitch: restoredSwitch,
  },
  operations: [
    {
      method: 'GET',
      path: '/v1/switches',
      id: 'switches',
      says: 'What is stopped now.',
      caller: 'signer',
      answers: { 200: { says: 'the engaged switches', body: 'Switches' } },
    },
    {
      method: 'POST',
      path: '/v1/switches',
      id: 'stop',
      says: 'Engages a switch and answers when it is contained. Engaging twice is engaging once.',
      caller: 'signer',
      body: 'SwitchRequest',
      answers: { 200: { says: 'the switch', body: 'Switch' } },
      refuses: {
        404: 'the scope names nothing there is: nothing was stopped',
        409: 'others restored it meanwhile',
      },
    },
    {
      method: 'POST',
      path: '/v1/switches/restore',
      id: 'restore',
      says: 'Asks for a switch to be restored, or agrees to it; a drill’s ends at once.',
      caller: 'signer',
      body: 'RestoreRequest',
      answers: { 200: { says: 'whether it is restored', body: 'RestoredSwitch' } },
      refuses: { 409: 'it is not engaged, or the same person asks again' },
    },
  ],
};
