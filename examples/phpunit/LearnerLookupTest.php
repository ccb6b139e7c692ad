<?php
// Run with `LRS_URL=http://127.0.0.1:8080 phpunit LearnerLookupTest.php`, beside `lrs-soap serve --demo`.

declare(strict_types=1);

use PHPUnit\Framework\TestCase;

require_once __DIR__ . '/Lrs.php';

final class LearnerLookupTest extends TestCase
{
    private LrsWorld $world;

    protected function setUp(): void
    {
        $this->world = new LrsWorld(
            getenv('LRS_URL') ?: 'http://127.0.0.1:8080',
            getenv('LRS_CONTROL_TOKEN') ?: ''
        );
    }

    protected function tearDown(): void
    {
        $this->world->delete();
    }

    public function testALearnerIsFound(): void
    {
        $learner = $this->world->learner(['GivenName' => 'Rosalind', 'FamilyName' => 'Lovelace']);
        $answer = $this->find($learner['uln'], 'Rosalind', 'Lovelace');
        $this->assertSame('WSRC0004', $answer->ResponseCode);
        $this->assertSame($learner['uln'], $answer->Learner[0]->ULN);
    }

    public function testTheDemoWorldIsThereToo(): void
    {
        $this->assertSame('WSRC0022', $this->find('9000000318', 'Priya', 'Nair')->ResponseCode);
    }

    public function testAFaultIsToldByItsCode(): void
    {
        $this->world->scenario('out-of-hours', [], ['operation' => ['learnerByULN']]);
        try {
            $this->find('9000000105', 'Amelia', 'Hartley');
            $this->fail('the service is closed');
        } catch (SoapFault $fault) {
            $this->assertSame('WSEC0004', $fault->detail->MIAPAPIException->ErrorCode);
        }
        $this->assertSame(1, $this->world->count(['outcome' => 'WSEC0004']));
    }

    private function find(string $uln, string $givenName, string $familyName): stdClass
    {
        $client = new SoapClient($this->world->wsdl('LearnerService'), [
            'cache_wsdl' => WSDL_CACHE_NONE,
            'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
        ]);

        return $client->learnerByULN([
            'FindType' => 'FUL',
            'OrganisationRef' => null,
            'UKPRN' => 'DEMO0001',
            'OrgPassword' => 'demo-password-01',
            'UserName' => 'phpunit',
            'ULN' => $uln,
            'FamilyName' => $familyName,
            'GivenName' => $givenName,
        ]);
    }
}
