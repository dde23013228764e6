// Commands with nothing to do: what a service, a pipeline or a person pays each time.
import { inTurn, runNode } from '../kit/measure.mjs'
import { floor, makeProject } from '../kit/project.mjs'
import { revisionFiles } from '../kit/revisions.mjs'

/**
 * @param {{ name: string, revisions: number, aim?: string, words: readonly string[], says: RegExp }} what
 * @param {number} pairs
 */
function lookedAt({ name, revisions, aim, words, says }, pairs) {
  const project = makeProject(revisionFiles(revisions))
  runNode(project.migrate('upgrade', '--quiet'))
  const check = (/** @type {string} */ stdout) => {
    if (!says.test(stdout)) throw new Error(`${name}: unexpected answer ${stdout}`)
  }
  return inTurn({
    pairs,
    floor: { name: 'floor', command: { words: [floor('look'), project.database] } },
    subjects: [{ name, ...(aim === undefined ? {} : { aim }), command: project.migrate(...words), check }],
  })
}

export function status(/** @type {number} */ pairs) {
  return lookedAt({ name: 'status, 20 revisions', revisions: 20, words: ['status'], says: /up to date/ }, pairs)
}

export function noop(/** @type {number} */ pairs) {
  const counts = [
    { revisions: 20, aim: '<= 1.4x' },
    { revisions: 200, aim: '<= 1.4x' },
    { revisions: 2000, aim: '<= 1.8x' },
  ]
  return counts.flatMap(({ revisions, aim }) => {
    const name = `no-op upgrade, ${revisions.toLocaleString('en-US')} revisions`
    return lookedAt({ name, revisions, aim, words: [], says: /up to date/ }, pairs)
  })
}

/** Commands that look at a long history. */
export function history(/** @type {number} */ pairs) {
  const commands = [
    { words: ['history'], says: /^0{9}7cf -> 0{9}7d0 / },
    { words: ['heads'], says: /^0{9}7d0 / },
    { words: ['graph'], says: /^@ {2}0{9}7d0 / },
  ]
  return commands.flatMap(({ words, says }) => {
    const name = `${words.join(' ')}, 2,000 revisions`
    return lookedAt({ name, revisions: 2000, aim: '<= 1.8x', words, says }, pairs)
  })
}
