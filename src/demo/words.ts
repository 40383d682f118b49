/** Words that say little about a text: they get short vectors, so that two texts are near by what they are about. */
export const stopWords =
  `a an the and or but if then else of at by for with about against between into through during before after above below
to from up down in out on off over under again further once here there when where why how all any both each few more most other some such
no nor not only own same so than too very can will just should now is are was were be been being have has had having do does did doing i me
my we our you your he him his she her it its they them their what which who whom this that these those as until while would could may might
must shall let us also yet ever never always often still already am s t`.split(/\s+/);

/** Common words that carry meaning, singular and in the present where they have other forms: endings are pieces of their own. */
export const contentWords =
  `able accept account act add age agree air algorithm allow animal answer apple area arm army art ask assistant atom
attention audio author autumn baby back bad bag bake ball bank base basket battery beach bear beautiful bed bee begin belief bell benefit berry
best big bike bird birth black blood blue board boat body bone book border bottle bottom box boy brain branch brave bread break bridge bright
bring broken brother brown build bus business butter button buy cake call calm camera camp cancel candle capital captain car card care carry case
castle cat catch cause cell center century chain chair chance change chapter cheap check cheese chef chemistry chicken child choice church circle
city class clean clear climb clock close cloth cloud coast coat code coffee coin cold college color comfort common company compare computer cook
cool copy corn corner correct cost cotton country courage course court cover cow create crime crop cross crowd cry culture cup current curve cut
cycle dance danger dark data date daughter day deal dear death decide deep degree deliver depend desert design desk detail develop device dictionary
different difficult dinner direct disease distance divide doctor document dog dollar door doubt draw dream dress drink drive drop dry duck dust duty
ear early earth east easy eat economy edge education egg electric embed empty end enemy energy engine english enjoy enough enter equal error evening
event example exercise expect explain eye face fact factory fail fall false family famous far farm fast father fear feed feel field fight figure
file fill film final find fine finger finish fire first fish flag flat flight floor flour flow flower fly follow food foot force foreign forest
forget form forward fox free fresh friend front fruit full fun funny future game garden gas gate general gentle gift girl give glass glove goal god
gold good government grand grass gray great green ground group grow guess guide gun hair half hall hand happen happy hard hat hate head health hear
heart heat heavy help hen hide high hill history hit hold hole holiday home honest hope horse hospital hot hotel hour house huge human hundred
hungry hunt hurry hurt ice idea image important inch increase index industry insect inside iron island jacket job join joke journey joy judge juice
jump keep key kill kind king kiss kitchen knee knife know knowledge lab lake lamp land language large last late laugh law lazy lead leaf learn
leather leave left leg lemon lesson letter level library lie life light like line lion lip list listen little live load local lock long look lose
lot loud love low luck lunch machine mail main make man map mark market marry mat match math matter meal mean measure meat medicine meet member
memory message metal method middle milk million mind minute miss mix model modern money monkey month moon morning mother motor mountain mouse mouth
move movie much museum music name narrow nation nature near neck need needle neighbor nest network neural new news newspaper next nice night noise
noon north nose note nothing number nurse object ocean offer office oil old open opera opinion orange order oven owner page pain paint pair palace
paper parent park part party pass past path pay peace pen pencil people pepper perfect person phone photo physics piano picture piece pig pilot place
plan plane planet plant plate play player please pocket poem point police poor popular port possible post pot potato power practice prepare present
president press pretty price prince print prison prize problem process produce program promise protect proud prove public pull pupil pure push
python quality quarter queen query question quick quiet quite race radio rail rain read ready real reason receive recipe record red remember remove
repair repeat report request rest result return rice rich ride right ring rise risk river road rock roll roof room root rope rose round row rule run
sad safe sail salad salt sand save say scale school science scientist scissors score sea search season seat second secret see seed sell send
sentence serve server service set shadow shake shape share sharp sheep sheet shelf ship shirt shoe shop short shoulder shout show sick side sign
silent silver similar simple sing single sister sit size skill skin skirt sky sleep slow small smart smell smile smoke smooth snake snow soap social
society soft software soil soldier solve son song sound soup south space speak special speed spell spend spoon sport spring square stage stair stamp
stand star start state station stay steel step stick stone stop store storm story strange stream street strong student study stupid sugar summer sun
support surface surprise sweet swim system table tail take talk tall taste tax tea teach teacher team tell temperature tennis test text thank theory
thick thin thing think thought thousand throat ticket tie tiger time tired title token tool tooth top touch town toy trade train transform travel
tree trip trouble truck true trust truth try turn twice type ugly uncle understand university use valley value vector vegetable village violin visit
voice wait walk wall want war warm wash waste watch water wave way weak wear weather web week weight welcome west wet wheat wheel white wide wife
wild win wind window wine wing winter wise wish woman wonder wood word work world worry write wrong yard year yellow yes young zero zoo`.split(
    /\s+/,
  );

/** Endings that WordPiece splits off, as in `cat` `##s`: short vectors, so that a word's forms stay near each other. */
export const endings = [
  's',
  'es',
  'ed',
  'd',
  'ing',
  'er',
  'ers',
  'est',
  'ly',
  'y',
  'ness',
  'ful',
  'less',
  'ment',
  'ion',
  'able',
  'n',
  'en',
];
