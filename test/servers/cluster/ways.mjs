import { allowedWays } from '../names.mjs'

/** What the first of the allowed ways finds; throws why each of them found nothing. */
export async function firstOf(ways) {
  const reasons = []
  for (const way of allowedWays().filter((each) => each in ways)) {
    try {
      const found = await ways[way]()
      if (found !== undefined) return found
      reasons.push(`${way}: not here`)
    } catch (error) {
      reasons.push(`${way}: ${error.message}`)
    }
  }
  throw new Error(reasons.join('\n') || 'none of the ways of TEST_SERVERS_FROM gives it')
}
