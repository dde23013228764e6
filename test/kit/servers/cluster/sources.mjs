import { allowedSources } from '../names.mjs'

/** What the first of the allowed ways finds; throws why each of them found nothing. */
export async function firstOf(sources) {
  const reasons = []
  for (const source of allowedSources().filter((each) => each in sources)) {
    try {
      const program = await sources[source]()
      if (program !== undefined) return program
      reasons.push(`${source}: not here`)
    } catch (error) {
      reasons.push(`${source}: ${error.message}`)
    }
  }
  throw new Error(reasons.join('\n') || 'none of the ways of TEST_SERVERS_FROM gives it')
}
