import type { CommandDeclaration, Group } from '../../command-line/declaration.ts'
import { adopt } from './adopt.ts'
import { daily } from './daily.ts'
import { history } from './history.ts'
import { repair } from './repair.ts'
import { writing } from './writing.ts'

/** Every command, in the groups and the order in which help shows them. */
export const declarations: { readonly [G in Group]: readonly CommandDeclaration[] } = {
  daily: [...daily, ...writing],
  history,
  repair,
  adopt,
}
