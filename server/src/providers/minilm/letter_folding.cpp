#include "providers/minilm/letter_folding.h"

#include <array>

namespace antiphon {

namespace {

// Lower case without marks (Unicode 15, NFD), one entry a code point; what has no single such
// letter stays.

// U+00C0 to U+024F
constexpr std::u32string_view kLatin =
    U"aaaaaaæceeeeiiiiðnooooo×øuuuuyþßaaaaaaæceeeeiiiiðnooooo÷øuuuuyþyaaaaaaccccccccdd"
    U"đđeeeeeeeeeegggggggghhħħiiiiiiiiiıĳĳjjkkĸllllllŀŀłłnnnnnnŉŋŋooooooœœrrrrrrssssss"
    U"ssttttŧŧuuuuuuuuuuuuwwyyyzzzzzzſƀɓƃƃƅƅɔƈƈɖɗƌƌƍǝəɛƒƒɠɣƕɩɨƙƙƚƛɯɲƞɵooƣƣƥƥʀƨƨʃƪƫƭƭʈu"
    U"uʊʋƴƴƶƶʒƹƹƺƻƽƽƾƿǀǁǂǃǆǆǆǉǉǉǌǌǌaaiioouuuuuuuuuuǝaaaaææǥǥggkkooooʒʒjǳǳǳggƕƿnnaaææøø"
    U"aaaaeeeeiiiioooorrrruuuussttȝȝhhƞȡȣȣȥȥaaeeooooooooyyȴȵȶȷȸȹⱥȼȼƚⱦȿɀɂɂƀʉʌɇɇɉɉɋɋɍɍɏɏ";

// U+0370 to U+04FF
constexpr std::u32string_view kGreekAndCyrillic =
    U"ͱͱͳͳʹ͵ͷͷ\u0378\u0379ͺͻͼͽ;ϳ\u0380\u0381\u0382\u0383΄¨α·εηι\u038Bο\u038Dυωιαβγδεζη"
    U"θικλμνξοπρ\u03A2στυφχψωιυαεηιυαβγδεζηθικλμνξοπρςστυφχψωιυουωϗϐϑϒϒϒϕϖϗϙϙϛϛϝϝϟϟϡϡϣ"
    U"ϣϥϥϧϧϩϩϫϫϭϭϯϯϰϱϲϳθϵ϶ϸϸϲϻϻϼͻͼͽееђгєѕііјљњћкиуџабвгдежзииклмнопрстуфхцчшщъыьэюяабв"
    U"гдежзииклмнопрстуфхцчшщъыьэюяееђгєѕііјљњћкиуџѡѡѣѣѥѥѧѧѩѩѫѫѭѭѯѯѱѱѳѳѵѵѵѵѹѹѻѻѽѽѿѿҁҁ҂"
    U"\u0483\u0484\u0485\u0486\u0487\u0488\u0489ҋҋҍҍҏҏґґғғҕҕҗҗҙҙққҝҝҟҟҡҡңңҥҥҧҧҩҩҫҫҭҭүү"
    U"ұұҳҳҵҵҷҷҹҹһһҽҽҿҿӏжжӄӄӆӆӈӈӊӊӌӌӎӎӏааааӕӕееәәәәжжззӡӡииииооөөөөээууууууччӷӷыыӻӻӽӽӿӿ";

// U+1E00 to U+1EFF
constexpr std::u32string_view kLatinAdditional =
    U"aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooo"
    U"oooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwyẚſẜẝßẟ"
    U"aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuu"
    U"uuyyyyyyyyỻỻỽỽỿỿ";

struct Block {
  char32_t first;
  std::u32string_view folded;
};

constexpr std::array kBlocks{Block{0x00C0, kLatin}, Block{0x0370, kGreekAndCyrillic},
                             Block{0x1E00, kLatinAdditional}};

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t n>
bool is_in(const std::array<Range, n>& ranges, char32_t letter) {
  for (const Range range : ranges) {
    if (letter >= range.first && letter <= range.last) return true;
  }
  return false;
}

}  // namespace

char32_t folded_letter(char32_t letter) {
  if (letter < 0x80) return letter >= U'A' && letter <= U'Z' ? letter + 32 : letter;
  for (const Block& block : kBlocks) {
    if (letter >= block.first && letter - block.first < block.folded.size()) {
      return block.folded[letter - block.first];
    }
  }
  return letter;
}

bool is_combining_mark(char32_t letter) { return letter >= 0x0300 && letter <= 0x036F; }

bool is_space(char32_t letter) {
  static constexpr std::array<Range, 8> kSpaces{{{0x09, 0x0A},
                                                 {0x0D, 0x0D},
                                                 {0x20, 0x20},
                                                 {0xA0, 0xA0},
                                                 {0x1680, 0x1680},
                                                 {0x2000, 0x200A},
                                                 {0x2028, 0x202F},
                                                 {0x3000, 0x3000}}};
  return is_in(kSpaces, letter);
}

bool is_control(char32_t letter) {
  static constexpr std::array<Range, 6> kControls{{{0x00, 0x1F},
                                                   {0x7F, 0x9F},
                                                   {0xAD, 0xAD},
                                                   {0x200B, 0x200F},
                                                   {0x2060, 0x2064},
                                                   {0xFEFF, 0xFEFF}}};
  return is_in(kControls, letter) || letter == 0xFFFD;
}

bool is_punctuation(char32_t letter) {
  static constexpr std::array<Range, 14> kMarks{{{0x21, 0x2F},
                                                 {0x3A, 0x40},
                                                 {0x5B, 0x60},
                                                 {0x7B, 0x7E},
                                                 {0xA1, 0xA1},
                                                 {0xA7, 0xA7},
                                                 {0xAB, 0xAB},
                                                 {0xB6, 0xB7},
                                                 {0xBB, 0xBB},
                                                 {0xBF, 0xBF},
                                                 {0x2010, 0x2027},
                                                 {0x2030, 0x205E},
                                                 {0x3001, 0x3003},
                                                 {0x3008, 0x3011}}};
  return is_in(kMarks, letter);
}

bool is_chinese(char32_t letter) {
  static constexpr std::array<Range, 5> kIdeographs{{{0x3400, 0x4DBF},
                                                     {0x4E00, 0x9FFF},
                                                     {0xF900, 0xFAFF},
                                                     {0x20000, 0x2B81F},
                                                     {0x2F800, 0x2FA1F}}};
  return is_in(kIdeographs, letter);
}

}  // namespace antiphon
