import { type Proof, prove, type SurveyOptions } from '@org/migrate-autogenerate'
import { contextOf, loadParts, planAssumed } from '@org/migrate-core/internal'
import type { Project } from '../wiring.ts'

interface NearestRevision {
  readonly revision: string
  readonly proof: Proof
  /** Whether it is known to make what is there. */
  readonly isFound: boolean
  /** What is not known of the database at that revision. */
  readonly notes: readonly string[]
}

/** Of one that was not compared nothing is known: any other is nearer. */
const distanceOf = ({ compared, differences }: Proof): number =>
  compared ? differences.length : Number.POSITIVE_INFINITY

/** The newest revision that makes what is there, else one that makes most of it. */
export async function nearestRevision(
  project: Project,
  options: SurveyOptions,
  newest: readonly [string, ...string[]],
): Promise<NearestRevision> {
  const [head, ...older] = newest
  let nearest = { revision: head, proof: await prove(project.migrator, head, options) }
  for (const revision of older) {
    if (distanceOf(nearest.proof) === 0) break
    const proof = await prove(project.migrator, revision, options)
    if (distanceOf(proof) < distanceOf(nearest.proof)) nearest = { revision, proof }
  }
  const isFound = distanceOf(nearest.proof) === 0
  const below = newest.slice(newest.indexOf(nearest.revision) + 1)
  return { ...nearest, isFound, notes: isFound ? await rowNotes(project, options, nearest.revision, below) : [] }
}

/** The schema does not tell whether revisions ran that change rows alone. `below`: those before the found one, the newest first. */
async function rowNotes(
  project: Project,
  options: SurveyOptions,
  found: string,
  below: readonly string[],
): Promise<readonly string[]> {
  let lowest: string | undefined
  for (const revision of below) {
    if (distanceOf(await prove(project.migrator, revision, options)) > 0) break
    lowest = revision
  }
  if (lowest === undefined) return []
  const resolved = await loadParts(contextOf('adopt', project.migrator).resolved)
  const { steps } = await planAssumed(resolved, { from: lowest, to: found })
  const changing = steps.flatMap(({ revision, operations }) => (operations.length > 0 ? [revision] : []))
  if (changing.length === 0) return []
  const what = `${changing.join(', ')} ${changing.length === 1 ? 'changes' : 'change'} rows and not the schema`
  return [
    `${what}: whether that has run here is not known. If it has not, \`migrate stamp ${lowest}\` and \`migrate upgrade\` run it.`,
  ]
}
