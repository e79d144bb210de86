// Passwords behind words in scripts and letters that no ASCII finds: `пароль: …`, `密码：…`, `"비밀번호":"…"`.
import { isLetter } from './bytes.ts'
import { type Scan, byteAt, indexOf } from './scan.ts'
import { separatorAfter, verifyValue } from './secret-value.ts'

const detector = indexOf['api-key']
const encoder = new TextEncoder()

const words =
  'пароль|密码|密碼|口令|パスワード|비밀번호|암호|hasło|mật khẩu|jelszó|κωδικός|סיסמה|كلمة المرور|पासवर्ड|รหัสผ่าน'
    .split('|')
    .flatMap((word) => [word, word[0].toUpperCase() + word.slice(1)])
    .map((word) => encoder.encode(word))

/** At the sign or quote behind a letter that is no ASCII. Returns where to go on. */
export function verifyWord(scan: Scan, at: number): number {
  const last = byteAt(scan, at - 1)
  // Most of what has such letters before a colon is prose.
  if (last < 0x80 && !isLetter(last)) return at + 1
  for (const word of words) {
    if (word[word.length - 1] !== last || !endsAt(scan, at, word)) continue
    const sign = separatorAfter(scan, at)
    return sign === 0 ? at + 1 : verifyValue(scan, sign, 'password', detector, false)
  }
  return at + 1
}

function endsAt(scan: Scan, end: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (byteAt(scan, end - word.length + i) !== word[i]) return false
  return true
}
