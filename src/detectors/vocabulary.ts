// Words that tell what a value beside them is, in the languages of the people who write them.

/** Bits of a hint. */
export const hints = {
  phone: 1,
  /** Someone is named: digits that are a valid number anywhere count. */
  contact: 1 << 1,
  /** From, to, number: tells with phone punctuation only. */
  direction: 1 << 2,
  /** A time, a count, an id: digits are that. */
  quantity: 1 << 3,
  cpf: 1 << 4,
  cnpj: 1 << 5,
  ssn: 1 << 6,
  card: 1 << 7,
  secret: 1 << 8,
  address: 1 << 9,
  version: 1 << 10,
  email: 1 << 11,
  iban: 1 << 12,
  /** `call me`: the two together say phone. */
  calling: 1 << 13,
  person: 1 << 14,
} as const

/** By the hint they give; small letters. */
export const vocabulary: Record<keyof typeof hints, string> = {
  phone: `phone phones telephone telephones phonenumber tel telefone telefones teléfono telefono téléphone telefon fone fones mobile
    cell cellphone celular celulares móvil movil handy zap wpp whats whatsapp wa msisdn jid remotejid senderjid participantjid sms fax
    telefonnummer rufnummer telemóvel telemovel e164 waid callerid dial ligue ligar llame appelez
    gsm tlf telefoon telefoonnummer mobiel mobieltje cellulare cellulari portable puhelin puhelinnumero puh matkapuhelin mob mobno mobil mobilní mobilnummer
    mobiltelefon telefonní telefón telefonu telefonem komórka komórkowy telefonszám telefonszáma mobilszám telefonnumre telefonnr telefonu
    handynummer handynr mobilfunknummer festnetz festnetznummer kontakttelefon telnr tfno telf télef fixe portables fijo celus cels telefonía
    zapzap phoneno mobileno mobilenumber cellnumber telno faxno faxnumber callback recado
    telefonul telèfon mòbil telepon ponsel thoại sđt simu
    телефон телефона телефону телефоном тел моб мобильный мобильного мобільний мобилен τηλέφωνο τηλ κινητό
    โทรศัพท์ เบอร์โทร เบอร์โทรศัพท์ มือถือ เบอร์ फ़ोन फोन मोबाइल दूरभाष नंबर ফোন মোবাইল தொலைபேசி هاتف الهاتف هاتفي تليفون موبايل جوال الجوال تلفن
    טלפון נייד הטלפון ph phs cel cél celul celulares móveis telef tlfn telm telemóveis zapp whatsap wats viber telefonum telefonunuz telefonunuzu numaram
    nohp nomorhp telp tlp telpon hubungi kom komórkę telefonie komórkowe stacjonarny mobilnet mobiltel mobilnummeret telefonnummeret mobilnr
    mobiltelefonen telefonszámom llámame llamame llámanos llamar llámeme zadzwoń dzwoń zadzwonić zavolejte zavolej volejte hívjon hívj sunați
    sunati suna rappelez rappeler rappelle téléphonez joindre joignable chiamami chiamare chiamatemi chiamate rückruf rueckruf anrufen
    durchwahl mobilfunk bellen belnummer mobieltelefoon gsmnummer soita soittakaa matkapuhelimeen puhelimeen позвоните звоните звони позвони
    перезвоните перезвони звонить дзвоніть подзвоніть телефоны мобилка сотовый телефонувати τηλεφωνήστε κλήση תתקשר התקשרו נייד טל اتصل رقمي
    जोन कॉल कॉल्स โทร โทรหา gọi alo 致电 拨打 来电 號碼 手机号码 hotline erreichbar tél ddd 連絡先 お電話 전화번호는 연락처는 번호는 電話 電話番号 電話番号は 携帯 携帯電話 携帯番号 電話號碼 手機 手機號碼 电话 电话号码 手机 手机号 手机号码 联系电话 联系方式
    전화 전화번호 휴대폰 휴대폰번호 핸드폰 휴대전화 연락처`,
  contact: `contact contato contacto ani dnis recipient recipients sender destinatário destinatario remetente caller callee participant ruf ring ringe bel ara arayın chama chame liga ligação chamada llama appel appelle chiama`,
  direction: `номер номером номері номера from to number numero número num nummer numéro call reach text at remote chat chatid owner user customer cliente client
    destination source para`,
  quantity: `id ids ms us ns sec secs second seconds time timestamp ts date epoch count total size bytes length len duration took
    elapsed after port pid tid line lines code status order orders ticket invoice seq sequence offset index page limit step retry attempt
    price amount valor pedido protocolo linha created updated sent expires uptime rows row build commit hash sha digest job task request
    batch block bloco checksum crc memory mem kb mb error errno exit issue pr serial sku nonce latency at`,
  cpf: 'cpf cpfs',
  cnpj: 'cnpj cnpjs',
  ssn: 'ssn ssns social security itin',
  card: `card cards cartão cartao tarjeta visa mastercard amex pan creditcard cardnumber cc karte kreditkarte kartennummer
    carte bancaire kaart kart karta kartı kreditkort credito crédito crédit cartoes cartões tarjetas карта карты карту カード カード番号 信用卡 银行卡
    卡号 카드 카드번호 بطاقة البطاقة`,
  secret: '',
  address: `ip ips ipv4 ipv6 addr address addresses endereço host hosts hostname peer client remote server gateway dns bind listen listening
    connect connected connecting connection inet inet6 from proxy upstream src dst forwarded ping subnet cidr endpoint`,
  version: `version versions ver versão versao v release releases build oid sdk kernel driver firmware chrome chromium
    firefox safari edg opera opr section sections chapter clause rfc figure`,
  email: 'email emails mail mails e-mail mailto correo',
  iban: 'iban ibans',
  calling: 'call text ring reach phone dial sms whatsapp ping',
  person: 'me us him her them',
}
