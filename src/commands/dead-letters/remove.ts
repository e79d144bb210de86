// `dead-letters remove`, `quarantine remove`: takes them away for good, and books it.
import { lettersOf } from '../../queue/letter-file.ts'
import { createLetterMover } from '../../queue/replay.ts'
import { exitCode, print } from '../command.ts'
import type { CommandContext, ExitCode } from '../command.ts'
import { counted, filterOf, nothingFound, withLetters, type ChoiceOptions, type FileOptions } from './options.ts'
import { countedOn } from './words.ts'
import { pausing } from './pausing.ts'

export interface RemoveOptions extends FileOptions, ChoiceOptions {
  /** Every one, where nothing else chooses. */
  readonly all?: boolean
}

export async function removeLetters(context: CommandContext, options: RemoveOptions): Promise<ExitCode> {
  const filter = filterOf(options)
  const { shelf } = options
  const { shelf: _shelf, ...choices } = filter
  if (options.all !== true && Object.values(choices).every((each) => each === undefined)) {
    const exporter = shelf === 'quarantine' ? '' : ' --exporter,'
    print(
      context.stderr,
      `error: say which: --id,${exporter} --signal, --reason, --since, --before, or --all for all of them`,
    )
    return exitCode.usage
  }
  return withLetters(context, options, false, async (database) => {
    const mover = createLetterMover(database)
    let letters = 0
    let records = 0
    for await (const some of pausing(lettersOf(database, filter, -1))) {
      const fates = mover.remove(some)
      const gone = some.filter((_letter, i) => fates[i] === 'done')
      letters += gone.length
      records += gone.reduce((sum, letter) => sum + letter.records, 0)
    }
    const said = `Removed ${countedOn(shelf, letters)}, ${counted(records, 'record')}.`
    print(context.stdout, letters === 0 ? nothingFound(database, options) : said)
    return exitCode.ok
  })
}
