import type { Random } from './random.ts'

const odd = [
  'select',
  'Order',
  'two words',
  'naïve',
  'größe',
  '日本語',
  'a"b',
  'back`tick',
  "it's",
  '100%',
  '%s',
  'why?',
  'a.b',
  'semi;colon',
  '-- dash',
  'back\\slash',
  '$1',
  ':name',
  '{brace}',
]
const even = ['alpha', 'beta', 'gamma', 'delta', 'kappa', 'lambda', 'omega', 'sigma', 'theta', 'zeta']

/** Gives names that differ in more than case, some of them odd; notes the odd ones. */
export function namesOf(random: Random, record: (feature: string) => void): (what: string) => string {
  const taken = new Set<string>()
  return (what) => {
    const isUnusual = random.chance(0.2)
    const stem = isUnusual ? random.pick(odd) : random.pick(even)
    if (isUnusual) record('odd names')
    for (let at = 0; ; at++) {
      const name =
        at === 0 && what === 'column' ? stem : `${stem} ${what.charAt(0)}${at}`.replaceAll(' ', isUnusual ? ' ' : '_')
      // Some servers fold case and accents where they compare names.
      const folded = name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
      if (taken.has(folded)) continue
      taken.add(folded)
      return name
    }
  }
}
