"""The demo workspace: applied twice it changes nothing, and its questions have the answers they expect."""
import json
import re
import unittest

import cluster
import fixture

SEED = cluster.SUPABASE / 'seed.sql'
QUESTIONS = json.loads((cluster.SUPABASE / 'tests' / 'questions.json').read_text(encoding='utf-8'))
WORDS_MAX = 18  # of a sentence that is quoted aloud


def plain(text):
    """As a transcript is compared: lower case, everything but letters and digits is one space."""
    return re.sub(r'[^a-z0-9]+', ' ', text.lower()).strip()


def sentences(source):
    body = ' '.join(line for line in source.splitlines() if not line.startswith('#'))
    return [sentence for sentence in re.split(r'(?<=[.!?])\s+', body.strip()) if sentence]


class Seed(cluster.DatabaseTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cluster.apply(cls.name, [SEED])

    def setUp(self):
        self.owner = self.login('antiphon_owner')

    def everything(self):
        return {table: self.owner.column(f'select to_jsonb(t) from public.{table} t order by t::text')
                for table in self.owner.column(fixture.TABLES_SQL)}

    def test_a_second_time_changes_nothing(self):
        before = self.everything()
        self.cluster.apply(self.name, [SEED])
        self.assertEqual(self.everything(), before)

    def test_the_agent_answers_as_a_draft_from_twelve_pending_documents_without_vectors(self):
        self.assertEqual(self.owner.rows("""
          select a.slug, a.published_version_id is not null, count(*), min(d.status), max(d.status)
            from public.agents a
            join public.agent_knowledge_bases l on l.agent_id = a.id
            join public.knowledge_documents d on d.knowledge_base_id = l.knowledge_base_id
           group by a.id"""), [['front-desk', 'f', '12', 'pending', 'pending']])
        self.assertEqual(self.owner.value('select count(*) from public.knowledge_chunks'), '0')

    def test_the_server_finds_the_documents_to_index_when_it_starts(self):
        app = self.login('antiphon_app')
        app.rows('begin')
        self.assertEqual(app.value("select enqueue_stale_documents('model')"), '12')

    def test_every_sentence_is_short_enough_to_be_spoken(self):
        sources = self.owner.column('select source from public.knowledge_documents')
        spoken = [sentence for source in sources for sentence in sentences(source)]
        self.assertGreaterEqual(len(spoken), 40)
        for sentence in spoken:
            self.assertLessEqual(len(sentence.split()), WORDS_MAX, sentence)
            self.assertNotRegex(sentence, r'\d', 'numbers are written as they are spoken')

    def test_each_expected_answer_is_a_sentence_of_the_document_named(self):
        documents = dict(self.owner.rows('select title, source from public.knowledge_documents'))
        for question in QUESTIONS['answerable']:
            with self.subTest(question['question']):
                said = [plain(sentence) for sentence in sentences(documents[question['document']])]
                for expected in question['expect_any'][:1]:
                    self.assertTrue(any(re.search(expected, sentence) for sentence in said))

    def test_no_expected_answer_is_in_what_the_agent_says_anyway(self):
        configuration = json.loads(self.owner.value('select draft from public.agents'))
        always = plain(' '.join([configuration['greeting'], *configuration['phrases'].values()]))
        for question in QUESTIONS['answerable']:
            for expected in question['expect_any']:
                self.assertNotRegex(always, expected)


class Questions(unittest.TestCase):
    def test_there_are_twenty_with_an_answer_and_five_without(self):
        self.assertEqual(len(QUESTIONS['answerable']), 20)
        self.assertEqual(len(QUESTIONS['unanswerable']), 5)

    def test_an_expected_answer_fits_no_other_price_or_hour(self):
        # An answer about something else must not pass because it holds the same number.
        for wrong in ('A cleaning takes forty five minutes.', 'A filling costs one hundred and fifty dollars.',
                      'We are open from Monday to Thursday, from eight in the morning to six in the evening.'):
            fitting = [question['question'] for question in QUESTIONS['answerable']
                       if any(re.search(expected, plain(wrong)) for expected in question['expect_any'])]
            self.assertLessEqual(len(fitting), 1, wrong)
