import { budgetOwner } from '../budget/budget.ts';
import { didYouMean } from '../did-you-mean.ts';
import { COE, type Finding, findingAt as at, ofKind, type Placed } from './manifest.ts';

/** A budget limits something of its own layer, in the currency rules see there, and limits it at all. */
export function checkBudgets(placed: readonly Placed[]): Finding[] {
  const [central] = ofKind(placed, 'ExchangeRates');
  const units = new Map(ofKind(placed, 'BusinessUnit').map(({ manifest }) => [manifest.id, manifest]));
  const known = ownersOf(placed);
  return ofKind(placed, 'Budget').flatMap((budget) => {
    const { scope, currency, perDay, perMonth } = budget.manifest;
    const unit = known.get(scope);
    if (unit === undefined)
      return [
        at(
          budget,
          `scope: there is no ${budgetOwner(scope).kind} of this id${didYouMean(scope, known.keys())}`,
        ),
      ];
    const seen = central?.manifest.currency ?? units.get(unit)?.currency;
    const limits = [perDay, perMonth].filter((limit) => limit !== undefined);
    return [
      ...(budget.layer !== COE && budget.layer !== unit
        ? [at(budget, `scope: ${scope} is of unit ${unit}, not of ${budget.layer}`)]
        : []),
      ...(seen !== undefined && seen !== currency
        ? [at(budget, `currency: rules see amounts of ${unit} in ${seen}: write the limits in it`)]
        : []),
      ...(limits.length === 0 ? [at(budget, 'perDay: give perDay, perMonth or both')] : []),
      ...(limits.some((limit) => limit.startsWith('-'))
        ? [at(budget, 'perDay: a limit is not negative')]
        : []),
    ];
  });
}

/** Every scope there is, and the unit it belongs to. */
function ownersOf(placed: readonly Placed[]): ReadonlyMap<string, string> {
  return new Map([
    ...ofKind(placed, 'BusinessUnit').map(({ manifest }) => [`unit:${manifest.id}`, manifest.id] as const),
    ...ofKind(placed, 'Workflow').map(({ layer, manifest }) => [`workflow:${manifest.id}`, layer] as const),
    ...ofKind(placed, 'Agent').map(({ layer, manifest }) => [`agent:${manifest.id}`, layer] as const),
  ]);
}
