// Lines of text for a terminal of a given width.

/** Breaks a text at spaces so that no line is longer than `width`, where that is possible. */
export function wrapped(text: string, width: number, indent: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, indent + line].join('\n')
}

export type Paint = (style: Style, text: string) => string
export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'blue'

const codes: Readonly<Record<Style, string>> = {
  bold: '1',
  dim: '2',
  red: '31',
  yellow: '33',
  green: '32',
  blue: '34',
}

/** Paints for a terminal; leaves text as it is for anything else. */
export function painter(isOn: boolean): Paint {
  return isOn ? (style, text) => `\u001b[${codes[style]}m${text}\u001b[0m` : (_style, text) => text
}
